package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/**
 * The last interceptor that an incoming message meets: judges it, and archives it for its recipient and its sender
 * before it is routed. What other plugins reject does not come this far and is not archived. The thread that brought
 * the message waits until it is committed, so that a stream management acknowledgement (XEP-0198) means "archived".
 *
 * <p>Whatever fails here, the message goes on: it is then delivered without a stanza-id. Thread-safe.
 */
public final class MessageArchiver implements PacketInterceptor {

    private static final Logger Log = LoggerFactory.getLogger(MessageArchiver.class);

    private final Accounts accounts;
    private final Judge judge;
    private final ArchiveEntries entries;
    private final ArchiveEntrance entrance;
    private final ArchiveWriter writer;
    private final SentCarbons sentCarbons;

    public MessageArchiver(
            Accounts accounts,
            Judge judge,
            ArchiveEntries entries,
            ArchiveEntrance entrance,
            ArchiveWriter writer,
            SentCarbons sentCarbons) {
        this.accounts = accounts;
        this.judge = judge;
        this.entries = entries;
        this.entrance = entrance;
        this.writer = writer;
        this.sentCarbons = sentCarbons;
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
            Log.error("Archiving a message from '{}' failed unexpectedly.", message.getFrom(), e);
        }
    }

    private void archive(Message message, Session session) {
        JID from = message.getFrom();
        JID to = message.getTo();
        if (from == null || to == null || ServerWrapper.isOne(message)) {
            return;
        }
        Optional<String> recipient = accounts.accountOf(to);
        Optional<String> sender = isAnonymous(session) ? Optional.empty() : accounts.accountOf(from);
        if (recipient.isEmpty() && sender.isEmpty()) {
            return;
        }
        if (recipient.isPresent() && StanzaIds.find(message.getElement(), to).isPresent()) {
            // Only what is in the archive already keeps such an id; see StanzaIdGuard.
            return;
        }
        if (judge.verdictOn(message).persistence() != Persistence.ARCHIVED) {
            return;
        }
        ArchiveEntrance.Admitted owned = entrance.admit(entries.of(message, recipient, sender));
        if (!owned.admitted().isEmpty()) {
            store(message, owned.admitted());
        }
        if (owned.refused()) {
            // Last: the sender's archive has to know the message when the error that answers it is judged (R03).
            entrance.refuse(message);
        }
    }

    private static boolean isAnonymous(Session session) {
        return session instanceof ClientSession client && client.isAnonymousUser();
    }

    private void store(Message message, List<NewEntry> owned) {
        ArchiveOutcome outcome = writer.archive(owned);
        if (outcome instanceof ArchiveOutcome.Stored stored) {
            sentCarbons.remember(stored.messages());
            for (ArchivedMessage archived : stored.messages()) {
                if (archived.direction() == Direction.RECEIVED) {
                    StanzaIds.add(
                            message.getElement(),
                            message.getTo(),
                            archived.mid().value());
                }
            }
        } else if (outcome instanceof ArchiveOutcome.Failed failed) {
            Log.debug(
                    "A message from '{}' to '{}' is not archived.",
                    message.getFrom(),
                    message.getTo(),
                    failed.reason());
        }
    }
}
