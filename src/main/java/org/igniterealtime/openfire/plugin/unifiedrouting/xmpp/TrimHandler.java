package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Map;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.xmpp.packet.IQ;
import org.xmpp.packet.PacketError;

/** Lets an account shorten its archive from the oldest end: {@code urn:xmpp:mamtrim:0} (PROTOCOL section 5). */
public final class TrimHandler extends AccountIQHandler {

    public TrimHandler(Accounts accounts, Sessions sessions, ArchiveMaintenance archive) {
        super(
                "Archive trimming",
                "trim",
                Namespaces.MAM_TRIM,
                accounts,
                sessions,
                Map.of(new Known("trim", IQ.Type.set), (request, asker) -> {
                    trim(request.getChildElement(), asker, archive);
                    return null;
                }));
    }

    private static void trim(Element trim, Asker asker, ArchiveMaintenance archive) {
        Element id = trim.element("id");
        if (id == null) {
            archive.trimAll(asker.account());
            return;
        }
        String mid = id.getTextTrim();
        if (!Mid.isPossible(mid) || !archive.trim(asker.account(), new Mid(mid))) {
            throw new StanzaError(PacketError.Condition.item_not_found);
        }
    }
}
