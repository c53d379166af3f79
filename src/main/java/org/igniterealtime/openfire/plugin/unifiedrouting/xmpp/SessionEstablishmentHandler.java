package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Map;
import java.util.function.Consumer;
import org.dom4j.Element;
import org.dom4j.QName;
import org.jivesoftware.openfire.IQHandlerInfo;
import org.jivesoftware.openfire.auth.UnauthorizedException;
import org.jivesoftware.openfire.handler.IQHandler;
import org.jivesoftware.openfire.session.ClientSession;
import org.xmpp.packet.IQ;

/**
 * Answers the request for a session (RFC 3921 §3), which may hold a {@code <subscribe/>}: the client subscribes in the same
 * step, before any presence (PROTOCOL section 2.2). Who asks for a part of the history only has to ask for the rest, and
 * counts as one that reads its archive. To other requests it says what Openfire says: that the session is
 * there. Takes the place of Openfire's own handler while the plugin runs.
 */
public final class SessionEstablishmentHandler extends IQHandler {

    private static final String ELEMENT = "session";
    private static final QName SUBSCRIBE = QName.get(Subscribing.ELEMENT, Namespaces.MAM_SUB);

    private final IQHandlerInfo info = new IQHandlerInfo(ELEMENT, Namespaces.SESSION);
    private final IQHandler subscribing;

    /** @param reads is told of a session that reads its archive by itself */
    public SessionEstablishmentHandler(
            Accounts accounts, Sessions sessions, Subscribing subscribing, Consumer<ClientSession> reads) {
        super("Session establishment with a MAM subscription");
        this.subscribing = new WithSubscription(accounts, sessions, subscribing, reads);
    }

    private static final class WithSubscription extends AccountIQHandler {

        WithSubscription(Accounts accounts, Sessions sessions, Subscribing subscribing, Consumer<ClientSession> reads) {
            super(
                    "MAM subscription at session establishment",
                    ELEMENT,
                    Namespaces.SESSION,
                    accounts,
                    sessions,
                    Map.of(new Known(ELEMENT, IQ.Type.set), (request, asker) -> {
                        Element subscribe = request.getChildElement().element(SUBSCRIBE);
                        Element answer = subscribing.subscribe(request, subscribe, asker);
                        if (Subscribing.isBounded(subscribe)) {
                            reads.accept(asker.session());
                        }
                        return answer;
                    }));
        }
    }

    @Override
    public IQHandlerInfo getInfo() {
        return info;
    }

    /** COMPAT(5.x): see {@link AccountIQHandler#performNoSuchUserCheck()}. */
    public boolean performNoSuchUserCheck() {
        return false;
    }

    @Override
    public IQ handleIQ(IQ request) throws UnauthorizedException {
        Element session = request.getChildElement();
        boolean subscribes = session != null && session.element(SUBSCRIBE) != null;
        return subscribes ? subscribing.handleIQ(request) : IQ.createResultIQ(request);
    }
}
