package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PendingMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ReceivedId;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.session.LocalSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.Message;

/**
 * Hands a message to the writer of the archives it belongs into, once, and tells its recipient's MID by a stanza-id.
 * Returns when it is archived, or certain not to be; earlier, if nobody is told that the server has it before it is.
 * Thread-safe.
 */
public final class Archivist {

    private static final Logger Log = LoggerFactory.getLogger(Archivist.class);

    private final Judge judge;
    private final ArchiveEntries entries;
    private final ArchiveEntrance entrance;
    private final ArchiveWriter writer;
    private final Resent resent;
    private final OutgoingIds outgoingIds;
    private final AcknowledgementHold hold;
    private final RoutedMessages routed;
    private final OfflineLedgers<Holder> ledgers;
    private final Live live;
    private final RoomCopies roomCopies;

    /**
     * Who follows what accounts get live.
     *
     * @param turns in which the messages of an account are handed over
     * @param handedOver is told of each, with what is noted of it, in its turn, and what brings it
     */
    public record Live(AccountTurns turns, BiConsumer<Message, Optional<LocalSession>> handedOver) {}

    public Archivist(
            Judge judge,
            ArchiveEntries entries,
            ArchiveEntrance entrance,
            ArchiveWriter writer,
            Resent resent,
            OutgoingIds outgoingIds,
            AcknowledgementHold hold,
            RoutedMessages routed,
            OfflineLedgers<Holder> ledgers,
            Live live,
            Clock clock) {
        this.judge = judge;
        this.entries = entries;
        this.entrance = entrance;
        this.writer = writer;
        this.resent = resent;
        this.outgoingIds = outgoingIds;
        this.hold = hold;
        this.routed = routed;
        this.ledgers = ledgers;
        this.live = live;
        this.roomCopies = new RoomCopies(clock);
    }

    /**
     * A message and those accounts of this server that may keep it.
     *
     * @param message gets the recipient's stanza-id if it is, or will be, archived for the recipient
     * @param recipient the account that receives it
     * @param sender the account that sends it
     * @param session the client's session that brings it; empty if it comes from elsewhere
     */
    record Job(Message message, Optional<String> recipient, Optional<String> sender, Optional<LocalSession> session) {}

    void archive(Job job) {
        Judge.Judged judged = judge.judge(job.message());
        routed.note(RoutedMessages.Note.of(job.message(), judged));
        if (judged.verdict().persistence() == Persistence.TRANSIENT) {
            return;
        }
        if (!writer.isAvailable()) {
            // Whatever else is asked now would wait for the database, too.
            writer.countFailure();
            noteFailure(job.message());
            return;
        }
        try {
            archive(job, judged);
        } catch (StoreUnavailable e) {
            writer.countFailure();
            noteFailure(job.message());
            logFailure(job.message(), e);
        }
    }

    private void archive(Job job, Judge.Judged judged) {
        String stanza = StoredStanza.of(job.message().getElement());
        long contentHash = ContentHash.of(job.message().getElement(), stanza);
        ArchiveEntrance.Admitted owned = entrance.admit(entries.of(job, judged, stanza, contentHash));
        if (owned.refused()) {
            change(job.message(), RoutedMessages.Note::withFullArchive);
        }
        if (owned.admitted().isEmpty()) {
            return;
        }
        if (job.recipient().isPresent() && judged.facts().isPrivateMessageOfRoom()) {
            archiveRoomCopy(job, owned.admitted());
            return;
        }
        Optional<Passage> passage = job.message().getID() == null ? Optional.empty() : passageOf(job, contentHash);
        if (passage.isPresent()) {
            archiveUnlessSentAgain(job, passage.get(), owned.admitted());
        } else {
            store(job, owned.admitted());
        }
    }

    /** Of what its sender's connection may bring again. */
    private Optional<Passage> passageOf(Job job, long contentHash) {
        if (job.session().isEmpty()) {
            return job.sender().isPresent()
                    ? Optional.empty()
                    : resent.enter(job.message().getFrom(), contentHash);
        }
        LocalSession session = job.session().get();
        SessionKey key =
                new SessionKey(session.getAddress(), session.getStreamID().getID());
        return Optional.of(resent.enter(key, session.getConnection(), contentHash));
    }

    /** A message comes by once more, with the id that it got the first time. */
    void isArchived(Message message, Mid mid) {
        routed.note(RoutedMessages.Note.again(message, judge.judge(message), mid));
    }

    private void noteFailure(Message message) {
        change(message, RoutedMessages.Note::withFailure);
    }

    private void change(Message message, UnaryOperator<RoutedMessages.Note> news) {
        routed.of(message).map(news).ifPresent(routed::note);
    }

    private void archiveRoomCopy(Job job, List<NewEntry> owned) {
        String owner = job.recipient().orElseThrow();
        Optional<Mid> copied = roomCopies.copyOf(owner, job.message());
        if (copied.isPresent()) {
            stamp(job.message(), copied.get(), true);
        } else if (!hasFailed(store(job, owned))) {
            owned.stream()
                    .filter(entry -> entry.owner().equals(owner))
                    .forEach(entry -> roomCopies.remember(owner, job.message(), entry.mid()));
        }
    }

    private void archiveUnlessSentAgain(Job job, Passage passage, List<NewEntry> owned) {
        boolean isHandedOver = false;
        try {
            List<NewEntry> wanted = owned;
            if (resent.isAgain(passage, new Resent.Owners(job.sender(), job.recipient()))) {
                routed.of(job.message()).ifPresent(note -> note.given().reflected());
                Optional<ReceivedId> known =
                        job.recipient().flatMap(owner -> resent.idFor(owner, job.message(), passage));
                // Its recipient may have had no room for it, or have got it and kept nothing.
                wanted = known.isPresent() ? List.of() : received(owned);
                if (wanted.isEmpty()) {
                    isKnown(job, known);
                    return;
                }
            }
            PendingMessage pending = store(job, wanted);
            isHandedOver = true;
            pending.whenSettled(outcome -> passage.end(outcome instanceof ArchiveOutcome.Stored));
        } finally {
            if (!isHandedOver) {
                passage.end(false);
            }
        }
    }

    private static List<NewEntry> received(List<NewEntry> entries) {
        return entries.stream()
                .filter(entry -> entry.direction() == Direction.RECEIVED)
                .toList();
    }

    /** It is delivered once more, and that is all. */
    private void isKnown(Job job, Optional<ReceivedId> known) {
        known.ifPresent(id -> stamp(job.message(), id.mid(), id.archived()));
        change(job.message(), note -> note.sentBefore(known.map(ReceivedId::mid)));
    }

    private static void stamp(Message message, Mid mid, boolean archived) {
        StanzaIds.add(message.getElement(), message.getTo(), mid.value(), archived);
    }

    private PendingMessage store(Job job, List<NewEntry> owned) {
        // At most one: what waits is received, and has one recipient.
        NewEntry waiting = eligible(owned);
        // A ledger is told, or comes so late that it waits for the writer: what is committed is known to it already.
        Runnable tell = waiting == null
                ? () -> {}
                : () -> ledgers.submitted(
                        waiting.owner(), waiting.mid(), waiting.claim().kind() == OfflineClaim.Kind.ARCHIVED);
        PendingMessage pending;
        if (!live.turns().has()) {
            writer.awaitRoom();
        }
        try (AccountTurns.Turn turn = live.turns().take(owners(owned))) {
            pending = writer.submit(owned, tell);
            if (!hasFailed(pending)) {
                handedOver(job, owned, pending);
            }
        }
        if (waiting != null) {
            pending.whenSettled(outcome -> {
                if (outcome instanceof ArchiveOutcome.Failed) {
                    ledgers.failed(waiting.owner(), waiting.mid());
                }
            });
        }
        if (job.session().isPresent() && !hold.covers(job.session().get())) {
            writer.await(pending);
        }
        if (pending.outcome().orElse(null) instanceof ArchiveOutcome.Failed failed) {
            logFailure(job.message(), failed.reason());
            owned.forEach(entry ->
                    StanzaIds.remove(job.message().getElement(), entry.mid().value()));
            noteFailure(job.message());
        }
        return pending;
    }

    /** From now on it is known under its ids. */
    private void handedOver(Job job, List<NewEntry> owned, PendingMessage pending) {
        outgoingIds.remember(owned);
        change(job.message(), note -> {
            RoutedMessages.Note known = note;
            for (NewEntry entry : owned) {
                known = entry.direction() == Direction.SENT
                        ? known.sentAs(entry.mid())
                        : known.kept(entry.mid(), pending);
            }
            return known;
        });
        for (NewEntry entry : owned) {
            if (entry.direction() == Direction.RECEIVED) {
                stamp(job.message(), entry.mid(), entry.claim().kind() == OfflineClaim.Kind.ARCHIVED);
            }
        }
        try {
            live.handedOver().accept(job.message(), job.session());
        } catch (RuntimeException e) {
            // The writer has it: who takes it for not archived would archive it twice.
            Log.error("Giving a message from '{}' live failed.", job.message().getFrom(), e);
        }
    }

    private static boolean hasFailed(PendingMessage pending) {
        return pending.outcome().orElse(null) instanceof ArchiveOutcome.Failed;
    }

    /** Null if none waits for a session. */
    private static NewEntry eligible(List<NewEntry> entries) {
        for (NewEntry entry : entries) {
            if (entry.claim().eligible()) {
                return entry;
            }
        }
        return null;
    }

    private static List<String> owners(List<NewEntry> entries) {
        List<String> owners = new ArrayList<>(entries.size());
        for (NewEntry entry : entries) {
            owners.add(entry.owner());
        }
        return owners;
    }

    private static void logFailure(Message message, StoreUnavailable reason) {
        Log.debug("A message from '{}' to '{}' is not archived.", message.getFrom(), message.getTo(), reason);
    }
}
