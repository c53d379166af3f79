package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.session.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.PacketError;

/**
 * {@code <subscribe/>} and {@code <enable/>} while a session is bound (XEP-0386, PROTOCOL section 2.2). What is asked for is
 * looked at at once, and begins when the session has been told that it is bound: nothing may come before that. Thread-safe.
 */
public final class InlineFeatures {

    private static final Logger Log = LoggerFactory.getLogger(InlineFeatures.class);
    private static final String ENABLE = "enable";

    private final Accounts accounts;
    private final Subscribing subscribing;
    private final RoutingNg routingNg;
    private final Map<SessionKey, List<Runnable>> waiting = new ConcurrentHashMap<>();

    public InlineFeatures(Accounts accounts, Subscribing subscribing, RoutingNg routingNg) {
        this.accounts = accounts;
        this.subscribing = subscribing;
        this.routingNg = routingNg;
    }

    /** @return {@code <failed/>} with the condition if it cannot be done; empty if it will be done */
    public Optional<Element> ask(ClientSession session, Element request) {
        try {
            Runnable begin = beginning(request, AccountIQHandler.Asker.of(session, accounts));
            waiting.merge(
                    Sessions.keyOf(session),
                    List.of(begin),
                    (first, second) ->
                            Stream.concat(first.stream(), second.stream()).toList());
            return Optional.empty();
        } catch (StanzaError e) {
            return Optional.of(failed(request, e.error().getCondition()));
        } catch (StoreUnavailable e) {
            return Optional.of(failed(request, PacketError.Condition.internal_server_error));
        }
    }

    private Runnable beginning(Element request, AccountIQHandler.Asker asker) {
        if (request.getName().equals(Subscribing.ELEMENT)
                && request.getNamespaceURI().equals(Namespaces.MAM_SUB)) {
            return subscribing.prepare(request, asker);
        }
        if (request.getName().equals(ENABLE) && request.getNamespaceURI().equals(Namespaces.IM_NG)) {
            return () -> routingNg.enable(asker.session());
        }
        throw new StanzaError(PacketError.Condition.feature_not_implemented);
    }

    private static Element failed(Element request, PacketError.Condition condition) {
        Element failed = DocumentHelper.createElement(QName.get("failed", request.getNamespaceURI()));
        failed.addElement(condition.toXMPP(), "urn:ietf:params:xml:ns:xmpp-stanzas");
        return failed;
    }

    /** The session has been told that it is bound. */
    public void bound(ClientSession session) {
        for (Runnable begin :
                Objects.requireNonNullElse(waiting.remove(Sessions.keyOf(session)), List.<Runnable>of())) {
            try {
                begin.run();
            } catch (RuntimeException | LinkageError e) {
                // What else it asked for has nothing to do with this.
                Log.error("What '{}' asked for while it was bound could not begin.", session.getAddress(), e);
            }
        }
    }

    public void ended(ClientSession session) {
        waiting.remove(Sessions.keyOf(session));
    }
}
