package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Map;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Settling;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.xmpp.packet.IQ;
import org.xmpp.packet.PacketError;

/** Answers {@code <subscribe/>} and {@code <unsubscribe/>} of {@code urn:xmpp:mam:sub:0} (PROTOCOL section 2). */
public final class SubscriptionHandler extends AccountIQHandler {

    /**
     * @param use learns who is subscribed
     * @param writer what was sent before somebody subscribes is not notified
     */
    public SubscriptionHandler(Accounts accounts, Sessions sessions, SubscriptionRegistry registry, Settling writer, ArchiveUse use) {
        super(
                "MAM subscriptions",
                "subscribe",
                Namespaces.MAM_SUB,
                accounts,
                sessions,
                Map.of(
                        new Known("subscribe", IQ.Type.set),
                        (request, asker) -> {
                            if (!request.getChildElement().elements().isEmpty()) {
                                // To ignore what is asked for would leave a gap that the client does not know of.
                                throw new StanzaError(PacketError.Condition.feature_not_implemented);
                            }
                            writer.settle();
                            registry.subscribe(asker.key());
                            if (sessions.find(asker.key()).isEmpty()) {
                                // It ended meanwhile, and nobody else would end its subscription.
                                registry.unsubscribe(asker.key());
                                return null;
                            }
                            try {
                                use.subscribed(asker.session());
                            } catch (StoreUnavailable e) {
                                registry.unsubscribe(asker.key());
                                throw e;
                            }
                            return null;
                        },
                        new Known("unsubscribe", IQ.Type.set),
                        (request, asker) -> {
                            registry.unsubscribe(asker.key());
                            return null;
                        }));
    }
}
