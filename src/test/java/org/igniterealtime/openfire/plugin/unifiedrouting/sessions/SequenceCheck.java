package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.sessions.Delivery.Form;
import org.igniterealtime.openfire.plugin.unifiedrouting.sessions.Delivery.Standing;

/**
 * What must hold for the messages to one account, and from it, however the server has gone about it (docs/routing-rules.md,
 * sections 4 to 6):
 *
 * <ul>
 *   <li>Nothing is lost: a persistent message was taken by a session, or a query returned it, or a session subscribed
 *       after it, or it was in the offline set at the end.
 *   <li>Nothing comes twice: what a session took, or read in the archive, is not delivered offline later.
 *   <li>The archive has each message once, under the id that all its recipients saw.
 *   <li>Messages of one session to one account come in the order in which they were sent.
 *   <li>Nobody gets what is not for it, and senders get no false errors.
 * </ul>
 *
 * <p>A message is <em>loose</em> where it may come again by the rules: a session was given it, or may have been without its
 * client's seeing it, and did not acknowledge it; its sender sent it again; the server was killed after it. A loose message
 * is not lost either, keeps its id, and is in the archive once; and if it was acknowledged all the same, it is not in the
 * offline set at the end, unless there was a kill.
 */
final class SequenceCheck {

    private final ModelAccount account;
    private final Collection<SentMessage> sent;
    private final List<Long> kills;
    private final Map<String, SentMessage> byId;
    private final Map<String, List<Delivery>> deliveries;
    private final List<String> problems = new ArrayList<>();

    SequenceCheck(ModelAccount account, Collection<SentMessage> sent, List<Long> kills) {
        this.account = account;
        this.sent = sent.stream()
                .sorted(Comparator.comparingInt(message -> message.number))
                .toList();
        this.kills = kills;
        byId = sent.stream().collect(Collectors.toMap(message -> message.id, message -> message));
        deliveries = account.deliveries()
                .filter(delivery -> byId.containsKey(delivery.id()))
                .collect(Collectors.groupingBy(Delivery::id));
    }

    /** Whether a message seems to be lost, as far as can be said while the archive was not read. */
    boolean somethingIsMissing() {
        return received().stream().anyMatch(this::isLost);
    }

    /** Whether each persistent message has been seen by somebody, taken or not. */
    boolean everythingHasCome() {
        return received().stream()
                .filter(message -> message.kind.isPersistent())
                .allMatch(message ->
                        !deliveries(message).isEmpty() || message.kind.isArchived() && isReadInArchive(message));
    }

    /** One text for each thing that is wrong. */
    List<String> problems(Transcript transcript) {
        for (SentMessage message : received()) {
            int before = problems.size();
            requireNotLost(message);
            requireNotDoubled(message);
            requireArchivedOnce(message);
            requireOneMid(message);
            requireRightRecipients(message);
            if (problems.size() > before) {
                problems.add(history(message, transcript));
            }
        }
        for (SentMessage message : sent) {
            if (message.sender.account == account) {
                requireArchivedOnce(message);
                requireNoError(message);
            }
        }
        requireOrder(transcript);
        return problems;
    }

    private List<SentMessage> received() {
        return sent.stream().filter(message -> message.recipient == account).toList();
    }

    private List<Delivery> deliveries(SentMessage message) {
        return deliveries.getOrDefault(message.id, List.of()).stream()
                .filter(delivery -> delivery.form() != Form.ERROR)
                .toList();
    }

    private void problem(SentMessage message, String text) {
        problems.add(account.name + ": " + text + ": " + message);
    }

    // Lost

    private void requireNotLost(SentMessage message) {
        if (isLost(message)) {
            problem(message, "LOST");
        }
    }

    private boolean isLost(SentMessage message) {
        return message.kind.isPersistent()
                && message.isCertain()
                && deliveries(message).stream().allMatch(delivery -> delivery.standing() == Standing.OPEN)
                && !(message.kind.isArchived() && isReadInArchive(message));
    }

    /** Whether a session has, or may have, it in its view of the archive: who subscribed while it was under way. */
    private boolean isReadInArchive(SentMessage message) {
        return readInArchive(message).findAny().isPresent() || subscriptions().anyMatch(at -> at > message.sentAt);
    }

    /** When sessions certainly had it in their views of the archive. */
    private LongStream readInArchive(SentMessage message) {
        return LongStream.concat(
                account.readings.stream()
                        .filter(reading -> reading.ids().contains(message.id))
                        .mapToLong(ModelAccount.Reading::at),
                subscriptions().filter(at -> at > message.processedAt));
    }

    private LongStream subscriptions() {
        return account.sessions.stream()
                .flatMap(session -> session.subscriptions.stream())
                .mapToLong(Long::longValue);
    }

    /** A flood that has begun is finished, whatever its session or another one does meanwhile. */
    private boolean mayStillRun(Delivery late, long at) {
        return late.session().presences.stream()
                .filter(presence -> presence.sentAt() < at)
                .reduce((earlier, later) -> later)
                .map(presence -> account.quietAt.stream().noneMatch(quiet -> presence.sentAt() < quiet && quiet <= at))
                .orElse(false);
    }

    // Twice

    private void requireNotDoubled(SentMessage message) {
        List<Delivery> all = deliveries(message);
        List<Delivery> raw = all.stream().filter(d -> d.form() == Form.RAW).toList();
        List<Delivery> drained =
                raw.stream().filter(d -> d.session() == account.drain).toList();
        if (drained.size() > 1) {
            problem(message, "TWICE in the offline set");
        }
        if (!drained.isEmpty() && !message.resent && !isKilledAfter(message)) {
            all.stream()
                    .filter(d -> d.session() != account.drain && d.standing() == Standing.TAKEN)
                    .findFirst()
                    .ifPresent(d -> problem(message, "TWICE: taken by " + d.session() + ", and in the offline set"));
        }
        if (isLoose(message)) {
            return;
        }
        long sessions = raw.stream().map(Delivery::session).distinct().count();
        if (sessions < raw.size()) {
            problem(message, "TWICE to one session");
        }
        for (Delivery late : raw) {
            boolean isSentAgain = message.sentAt < late.connection().resumedAt();
            if (late.delayed() && !isSentAgain) {
                requireNotDelivered(message, late, all);
            }
        }
    }

    /** What was delivered offline, was delivered so once and in no other way. */
    private void requireNotDelivered(SentMessage message, Delivery late, List<Delivery> all) {
        all.stream()
                .filter(other -> other != late && other.session() != late.session())
                .findFirst()
                .ifPresent(other -> problem(message, "TWICE: " + late + ", and " + other));
        if (message.kind.isArchived()) {
            if (readInArchive(message).anyMatch(at -> at < late.at() && !mayStillRun(late, at))) {
                problem(message, "TWICE: read in the archive, and then " + late);
            }
            long since = late.session().readsArchiveSince;
            if (since < late.at() && !mayStillRun(late, since)) {
                problem(message, "FLOOD for a session that reads the archive: " + late);
            }
        }
    }

    private boolean isKilledAfter(SentMessage message) {
        return kills.stream().anyMatch(kill -> kill > message.sentAt);
    }

    private boolean isLoose(SentMessage message) {
        return message.resent
                || isKilledAfter(message)
                || deliveries(message).stream().anyMatch(delivery -> delivery.standing() != Standing.TAKEN)
                || mayBeUnseen(message);
    }

    /** Whether a session which acknowledges may have been given it without its client's seeing it. */
    private boolean mayBeUnseen(SentMessage message) {
        return account.sessions.stream()
                .anyMatch(session -> session.mode != ModelSession.Mode.PLAIN
                        && session.wasDeaf(message.sentAt, message.processedAt));
    }

    // Archive and ids

    private void requireArchivedOnce(SentMessage message) {
        long rows = account.archive.stream()
                .filter(row -> message.id.equals(row.id()))
                .count();
        if (message.kind.isArchived() ? rows > 1 : rows > 0) {
            problem(message, "ARCHIVED " + rows + " times");
        }
        if (message.kind.isArchived() && message.isCertain() && rows == 0) {
            problem(message, "NOT ARCHIVED");
        }
    }

    private void requireOneMid(SentMessage message) {
        Set<String> mids = new HashSet<>();
        account.archive.stream().filter(row -> message.id.equals(row.id())).forEach(row -> mids.add(row.mid()));
        deliveries(message).stream().map(Delivery::mid).filter(Objects::nonNull).forEach(mids::add);
        // What is in no archive cannot be recognised when it is sent again.
        boolean mayHaveTwo = message.resent && !message.kind.isArchived();
        if (mids.size() > 1 && !mayHaveTwo) {
            problem(message, "SEVERAL IDS " + mids);
        }
        if (message.kind.isArchived()
                && message.isCertain()
                && deliveries(message).stream().anyMatch(delivery -> delivery.mid() == null)) {
            problem(message, "NO ID");
        }
    }

    // Recipients

    private void requireRightRecipients(SentMessage message) {
        for (Delivery delivery : deliveries(message)) {
            boolean drained = delivery.session() == account.drain;
            if (drained && !message.kind.isPersistent() && !comesBackFromASession(message)) {
                problem(message, "KEPT, though it must not be stored");
            }
            if (drained && !delivery.delayed() && delivery.form() == Form.RAW) {
                problem(message, "NO DELAY in the offline delivery");
            }
            if (message.kind.oneClient
                    && !delivery.delayed()
                    && delivery.form() != Form.NOTIFICATION
                    && !delivery.session().jid().equals(message.to)) {
                problem(message, "FOR ANOTHER RESOURCE: " + delivery);
            }
        }
    }

    /** What a session that ends has not acknowledged goes to who is there then, stored or not. */
    private boolean comesBackFromASession(SentMessage message) {
        return mayBeUnseen(message)
                || deliveries(message).stream()
                        .anyMatch(delivery ->
                                delivery.session() != account.drain && delivery.standing() != Standing.TAKEN);
    }

    private void requireNoError(SentMessage message) {
        if (message.kind.isPersistent()
                && deliveries.getOrDefault(message.id, List.of()).stream().anyMatch(d -> d.form() == Form.ERROR)) {
            problem(message, "ERROR to the sender of a message that is kept");
        }
    }

    // Order

    private void requireOrder(Transcript transcript) {
        account.sessions.forEach(session -> requireOrder(session, transcript));
        if (account.drain != null) {
            requireOrder(account.drain, transcript);
        }
        requireOrderOfArchive();
    }

    private void requireOrder(ModelSession session, Transcript transcript) {
        Map<ModelSession, List<Delivery>> bySender = session.deliveries()
                .filter(delivery -> delivery.form() == Form.RAW && byId.containsKey(delivery.id()))
                .filter(delivery -> !isLoose(byId.get(delivery.id())))
                .collect(Collectors.groupingBy(delivery -> byId.get(delivery.id()).sender));
        for (List<Delivery> inOrder : bySender.values()) {
            for (int i = 0; i < inOrder.size(); i++) {
                for (int j = i + 1; j < inOrder.size(); j++) {
                    requireOrder(session, inOrder.get(i), inOrder.get(j), transcript);
                }
            }
        }
    }

    private void requireOrder(ModelSession session, Delivery first, Delivery second, Transcript transcript) {
        SentMessage newer = byId.get(first.id());
        SentMessage older = byId.get(second.id());
        if (newer.number < older.number) {
            return;
        }
        // A session gets its live messages before it gets what was kept, if that is how it behaves: full JID, negative
        // priority, and only then another presence.
        boolean livedBefore = !first.delayed()
                && second.delayed()
                && session.presences.stream()
                        .filter(presence -> presence.sentAt() < second.at())
                        .anyMatch(presence -> newer.sentAt
                                < (newer.to.equals(account.jid) ? presence.sentAt() : presence.processedAt()));
        // What is in no archive is given at a subscription, too, beside what comes live.
        boolean hiddenBefore = !first.delayed()
                && second.delayed()
                && !older.kind.isArchived()
                && session.subscribing.stream().anyMatch(at -> at > older.sentAt && at < second.at());
        if (!livedBefore && !hiddenBefore) {
            problem(
                    older,
                    "OUT OF ORDER to " + session + ", after #" + newer.number + (first.delayed() ? ", delayed" : "")
                            + " by " + TimeUnit.NANOSECONDS.toMillis(second.at() - first.at()) + " ms"
                            + (second.delayed() ? "" : ", not delayed"));
            problems.add(history(older, transcript));
            problems.add(history(newer, transcript));
        }
    }

    private void requireOrderOfArchive() {
        Map<ModelSession, Integer> last = new HashMap<>();
        for (ModelAccount.Row row : account.archive) {
            SentMessage message = byId.get(row.id());
            if (message != null && !message.resent) {
                Integer before = last.put(message.sender, message.number);
                if (before != null && before > message.number) {
                    problem(message, "OUT OF ORDER in the archive, after #" + before);
                }
            }
        }
    }

    private String history(SentMessage message, Transcript transcript) {
        StringBuilder text =
                new StringBuilder("    #" + message.number + " sent at " + transcript.time(message.sentAt));
        for (Delivery delivery : deliveries(message)) {
            text.append("\n    ")
                    .append(transcript.time(delivery.at()))
                    .append(' ')
                    .append(delivery);
        }
        account.archive.stream()
                .filter(row -> message.id.equals(row.id()))
                .forEach(row -> text.append("\n    archived as ").append(row.mid()));
        return text.toString();
    }
}
