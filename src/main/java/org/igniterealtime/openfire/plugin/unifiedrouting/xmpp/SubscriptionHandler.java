package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Map;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.xmpp.packet.IQ;

/**
 * Answers {@code <subscribe/>} and {@code <unsubscribe/>} of {@code urn:xmpp:mam:sub:0} (PROTOCOL section 2). A request
 * that asks to be told first what is behind some entry is answered when that is done (2.1); the end of a subscription when
 * nothing more will be told, so that the client knows then where it stands.
 */
public final class SubscriptionHandler extends AccountIQHandler {

    public SubscriptionHandler(
            Accounts accounts, Sessions sessions, Subscribing subscribing, SubscriptionRegistry<?> registry) {
        super(
                "MAM subscriptions",
                Subscribing.ELEMENT,
                Namespaces.MAM_SUB,
                accounts,
                sessions,
                Map.of(
                        new Known(Subscribing.ELEMENT, IQ.Type.set),
                        (request, asker) -> subscribing.subscribe(request, request.getChildElement(), asker),
                        new Known("unsubscribe", IQ.Type.set),
                        (request, asker) -> {
                            registry.unsubscribe(asker.key());
                            return subscribing.answerBehind(request, asker);
                        }));
    }
}
