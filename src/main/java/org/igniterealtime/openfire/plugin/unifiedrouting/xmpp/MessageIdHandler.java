package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Map;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.MidPrefixes;
import org.xmpp.packet.IQ;

/** Tells a session the prefix of its messages' MIDs: {@code urn:xmpp:mid:0} (PROTOCOL section 3). */
public final class MessageIdHandler extends AccountIQHandler {

    private static final String PREFIX = "prefix";

    public MessageIdHandler(Accounts accounts, Sessions sessions, MidPrefixes prefixes) {
        super(
                "Message ids",
                PREFIX,
                Namespaces.MID,
                accounts,
                sessions,
                Map.of(new Known(PREFIX, IQ.Type.get), (request, asker) -> {
                    Element prefix = DocumentHelper.createElement(QName.get(PREFIX, Namespaces.MID));
                    prefix.setText(prefixes.prefixOf(asker.key()));
                    return prefix;
                }));
    }
}
