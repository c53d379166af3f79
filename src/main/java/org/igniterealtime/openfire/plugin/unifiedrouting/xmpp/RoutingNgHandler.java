package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Map;
import org.xmpp.packet.IQ;

/** Answers {@code <enable/>} of {@code urn:xmpp:im-ng:0} (PROTOCOL section 4). It cannot be taken back. */
public final class RoutingNgHandler extends AccountIQHandler {

    private static final String ENABLE = "enable";

    public RoutingNgHandler(Accounts accounts, Sessions sessions, RoutingNg routingNg) {
        super(
                "Routing-NG",
                ENABLE,
                Namespaces.IM_NG,
                accounts,
                sessions,
                Map.of(new Known(ENABLE, IQ.Type.set), (request, asker) -> {
                    routingNg.enable(asker.session());
                    return null;
                }));
    }
}
