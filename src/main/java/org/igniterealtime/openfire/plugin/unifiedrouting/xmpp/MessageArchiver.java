package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
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
    private final BlockLists blockLists;
    private final Judge judge;
    private final ArchiveWriter writer;
    private final Supplier<Mid> mids;
    private final Clock clock;
    private final SentCarbons sentCarbons;

    public MessageArchiver(
            Accounts accounts,
            BlockLists blockLists,
            Judge judge,
            ArchiveWriter writer,
            Supplier<Mid> mids,
            Clock clock,
            SentCarbons sentCarbons) {
        this.accounts = accounts;
        this.blockLists = blockLists;
        this.judge = judge;
        this.writer = writer;
        this.mids = mids;
        this.clock = clock;
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
        List<NewEntry> entries = entriesFor(message, recipient, sender);
        if (!entries.isEmpty()) {
            store(message, entries);
        }
    }

    private static boolean isAnonymous(Session session) {
        return session instanceof ClientSession client && client.isAnonymousUser();
    }

    /** A message to oneself is one entry, received (ROUTING-RULES section 4). */
    private List<NewEntry> entriesFor(Message message, Optional<String> recipient, Optional<String> sender) {
        Instant now = clock.instant();
        String stanza = StoredStanza.of(message.getElement());
        List<NewEntry> entries = new ArrayList<>(2);
        if (sender.isPresent() && blockLists.blocks(sender.get(), reversed(message))) {
            // Openfire answers not-acceptable and does not route it (XEP-0016 §2.3).
            return entries;
        }
        recipient
                .filter(account -> !blockLists.blocks(account, message))
                .ifPresent(account -> entries.add(
                        new NewEntry(account, mids.get(), Direction.RECEIVED, message.getFrom(), now, stanza)));
        sender.filter(account -> !sender.equals(recipient))
                .ifPresent(account ->
                        entries.add(new NewEntry(account, mids.get(), Direction.SENT, message.getTo(), now, stanza)));
        return entries;
    }

    private static Message reversed(Message message) {
        Message reversed = message.createCopy();
        reversed.setFrom(message.getTo());
        reversed.setTo(message.getFrom());
        return reversed;
    }

    private void store(Message message, List<NewEntry> entries) {
        ArchiveOutcome outcome = writer.archive(entries);
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
