package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.IQHandlerInfo;
import org.jivesoftware.openfire.handler.IQHandler;
import org.jivesoftware.openfire.session.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.IQ;
import org.xmpp.packet.JID;
import org.xmpp.packet.PacketError;

/**
 * Requests that only an account's own sessions may make, about that account. Openfire hands every IQ of a namespace to
 * its handler, whoever sent it and to whichever bare JID of the domain; who may ask is decided here (PROTOCOL, first
 * table). Subclasses say what they understand and answer it. Thread-safe.
 */
abstract class AccountIQHandler extends IQHandler {

    private static final Logger Log = LoggerFactory.getLogger(AccountIQHandler.class);

    /**
     * Who asks.
     *
     * @param account the user name
     * @param bareJid the account's address
     * @param session the session that asks
     */
    record Asker(String account, JID bareJid, ClientSession session) {

        /**
         * @throws StanzaError if it is nobody's who has an archive
         * @throws StoreUnavailable if that cannot be known now
         */
        static Asker of(ClientSession session, Accounts accounts) {
            if (session.isAnonymousUser()) {
                throw new StanzaError(PacketError.Condition.not_allowed, "An anonymous user has no archive.");
            }
            JID address = session.getAddress();
            String account = accounts.accountOf(address)
                    .orElseThrow(() -> accounts.isUnanswered(address)
                            ? new StoreUnavailable("Nobody can say now if there is such an account")
                            : new StanzaError(PacketError.Condition.not_allowed));
            return new Asker(account, accounts.bareJid(account), session);
        }

        SessionKey key() {
            return Sessions.keyOf(session);
        }
    }

    /** Answers a request that is permitted and of a known element and type. */
    @FunctionalInterface
    interface Operation {

        /**
         * @return what the result holds; null for an empty result; {@link #LATER}
         * @throws StanzaError to answer with that error
         */
        Element answer(IQ request, Asker asker);
    }

    /** What an operation returns that answers the request itself, when it is done. */
    static final Element LATER = DocumentHelper.createElement("later");

    /** A known element of the namespace, with the IQ type it comes in. */
    record Known(String element, IQ.Type type) {}

    private final IQHandlerInfo info;
    private final Accounts accounts;
    private final Sessions sessions;
    private final Map<Known, Operation> operations;

    AccountIQHandler(
            String name,
            String element,
            String namespace,
            Accounts accounts,
            Sessions sessions,
            Map<Known, Operation> operations) {
        super(name);
        this.info = new IQHandlerInfo(element, namespace);
        this.accounts = accounts;
        this.sessions = sessions;
        this.operations = Map.copyOf(operations);
    }

    @Override
    public final IQHandlerInfo getInfo() {
        return info;
    }

    /**
     * COMPAT(5.x): overrides IQHandler's check, which answers differently for accounts that exist and those that do not.
     * Openfire 4.2 has no such method.
     */
    public final boolean performNoSuchUserCheck() {
        return false;
    }

    @Override
    public final IQ handleIQ(IQ request) {
        IQ.Type type = request.getType();
        if (type != IQ.Type.get && type != IQ.Type.set) {
            // Answers are not answered, and what has no type cannot be.
            return null;
        }
        if (XmlContent.flawOf(request.getElement()) != XmlContent.Flaw.NONE) {
            // COMPAT(4.2): lets through what is no XML. An error that repeated it would be none either.
            return withError(IQ.createResultIQ(request), new PacketError(PacketError.Condition.bad_request));
        }
        try {
            Asker asker = askerOf(request);
            Element result = operationFor(request).answer(request, asker);
            return result == LATER ? null : result(request, result);
        } catch (StanzaError e) {
            return refusal(request, e.error());
        } catch (StoreUnavailable e) {
            Log.debug("A request of '{}' could not be answered.", request.getFrom(), e);
            return unavailable(request);
        } catch (RuntimeException e) {
            Log.error("A request of '{}' in {} failed unexpectedly.", request.getFrom(), info.getNamespace(), e);
            return unavailable(request);
        }
    }

    private Operation operationFor(IQ request) {
        if (request.getElement().elements().size() != 1) {
            // RFC 6120 §8.2.3: exactly one child.
            throw new StanzaError(PacketError.Condition.bad_request);
        }
        String element = request.getChildElement().getName();
        Operation operation = operations.get(new Known(element, request.getType()));
        if (operation != null) {
            return operation;
        }
        throw new StanzaError(
                elements().contains(element)
                        ? PacketError.Condition.bad_request
                        : PacketError.Condition.feature_not_implemented);
    }

    private Set<String> elements() {
        return operations.keySet().stream().map(Known::element).collect(Collectors.toSet());
    }

    /** Whoever may not ask gets the same answer whether the account exists or not. */
    private Asker askerOf(IQ request) {
        JID from = request.getFrom();
        ClientSession session = from == null ? null : sessions.find(from).orElse(null);
        if (session == null || sessions.isImpersonated(session) || !isAboutOneself(request.getTo(), from)) {
            throw new StanzaError(PacketError.Condition.forbidden);
        }
        return Asker.of(session, accounts);
    }

    private boolean isAboutOneself(JID to, JID from) {
        return to == null
                || to.toString().equals(accounts.domain())
                || to.getResource() == null && to.toBareJID().equals(from.toBareJID());
    }

    /** @param child what the result holds; null = nothing */
    static IQ result(IQ request, Element child) {
        IQ reply = IQ.createResultIQ(request);
        if (child != null) {
            reply.setChildElement(child);
        }
        return reply;
    }

    /** The database cannot be asked now (PROTOCOL, first table). */
    static IQ unavailable(IQ request) {
        return refusal(request, new PacketError(PacketError.Condition.internal_server_error, PacketError.Type.wait));
    }

    static IQ refusal(IQ request, PacketError error) {
        IQ reply = IQ.createResultIQ(request);
        reply.setChildElement(request.getChildElement().createCopy());
        return withError(reply, error);
    }

    private static IQ withError(IQ reply, PacketError error) {
        reply.setError(error);
        return reply;
    }
}
