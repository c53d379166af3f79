package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.session.LocalSession;
import org.jivesoftware.openfire.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/**
 * The last interceptor that an incoming message meets: has it judged, and handed to the archive's writer for its recipient
 * and its sender before it is routed. What other plugins reject does not come this far and is not archived. The thread that
 * brought the message waits until it is committed, unless the acknowledgement (XEP-0198) does: it means "archived".
 *
 * <p>Whatever fails here, the message goes on: it is then delivered without a stanza-id. Thread-safe.
 */
public final class MessageArchiver implements PacketInterceptor {

    private static final Logger Log = LoggerFactory.getLogger(MessageArchiver.class);

    private final Accounts accounts;
    private final Archivist archivist;
    private final Redelivery redelivery;
    private final BiConsumer<String, Mid> routedAgain;
    private final BiConsumer<Message, Session> sent;
    private final BiPredicate<Message, ClientSession> isImpersonated;

    /** The id of the message to the server itself that this thread has begun to route, from this address. */
    private final ThreadLocal<String> toServer = new ThreadLocal<>();

    /**
     * @param routedAgain is told of an account and the id of a message to it that nobody acknowledged
     * @param sent is told of what an account has sent and what brings it, when it is handed over
     * @param isImpersonated whether a message comes from somebody else than the session that it names as its sender. That
     *     session's account has not sent it
     */
    public MessageArchiver(
            Accounts accounts,
            Archivist archivist,
            Redelivery redelivery,
            BiConsumer<String, Mid> routedAgain,
            BiConsumer<Message, Session> sent,
            BiPredicate<Message, ClientSession> isImpersonated) {
        this.accounts = accounts;
        this.archivist = archivist;
        this.redelivery = redelivery;
        this.routedAgain = routedAgain;
        this.sent = sent;
        this.isImpersonated = isImpersonated;
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed) {
        if (!incoming || processed || !(packet instanceof Message message)) {
            return;
        }
        try {
            archive(message, session);
        } catch (RuntimeException e) {
            // Openfire would log the whole stanza.
            Log.error(
                    "Archiving a message from '{}' failed unexpectedly.",
                    message.getElement().attributeValue("from"),
                    e);
        }
    }

    private void archive(Message message, Session session) {
        JID from = message.getFrom();
        JID to = message.getTo();
        if (from == null || to == null || ServerWrapper.isOne(message)) {
            return;
        }
        Optional<String> recipient = accounts.accountOf(to);
        boolean isForged = session instanceof ClientSession client
                && !isCopyForAnotherServer(message, to)
                && isImpersonated.test(message, client);
        Optional<String> sender = isForged || isAnonymous(session) || isPassedOn(message, from, to)
                ? Optional.empty()
                : accounts.accountOf(from);
        if (recipient.isEmpty() && sender.isEmpty()) {
            return;
        }
        Optional<String> known = recipient.flatMap(account -> StanzaIds.find(message.getElement(), to));
        if (known.isPresent()) {
            // Only what is in the archive already keeps such an id; see StanzaIdGuard.
            Mid mid = new Mid(known.get());
            archivist.isArchived(message, mid);
            routedAgain.accept(recipient.get(), mid);
            return;
        }
        if (recipient.isEmpty() && redelivery.isUnderWay()) {
            return;
        }
        Optional<LocalSession> bringing =
                !isForged && session instanceof LocalClientSession client ? Optional.of(client) : Optional.empty();
        archivist.archive(new Archivist.Job(message, recipient, sender, bringing));
        if (sender.isPresent()) {
            sent.accept(message, session);
        }
    }

    private static boolean isAnonymous(Session session) {
        return session instanceof ClientSession client && client.isAnonymousUser();
    }

    /**
     * Whether this is a copy for an administrator of what was sent to the server itself: Openfire makes them on the
     * thread that routes the original. Its sender has sent, and is shown, only that. What Openfire sends on to several
     * addresses (XEP-0033) is archived for each of these instead.
     */
    private boolean isPassedOn(Message message, JID from, JID to) {
        if (to.getNode() == null && to.getResource() == null && to.getDomain().equals(accounts.domain())) {
            boolean isMulticast = isMulticast(message);
            toServer.set(isMulticast ? null : keyOf(message, from));
            return isMulticast;
        }
        String original = toServer.get();
        if (original == null) {
            return false;
        }
        boolean isPassedOn = original.equals(keyOf(message, from));
        if (!isPassedOn) {
            toServer.remove();
        }
        return isPassedOn;
    }

    /** XEP-0033: Openfire routes these on some other thread, when the other server has said whether it can do that itself. */
    private boolean isCopyForAnotherServer(Message message, JID to) {
        return isMulticast(message) && !to.getDomain().equals(accounts.domain());
    }

    private static boolean isMulticast(Message message) {
        return message.getElement().element("addresses") != null;
    }

    private static String keyOf(Message message, JID from) {
        // Not the id alone: many clients give none, or the same ones again.
        return from + " " + message.getID() + " " + message.getBody();
    }
}
