package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.xmpp.packet.JID;

/** What an archive is, said as plainly as possible: a list for each account. Knows no offline set. Thread-safe. */
public class InMemoryArchive implements ArchiveStore, ArchiveMaintenance {

    /** An account's archive. */
    private static final class Box {
        private List<ArchivedMessage> messages = new ArrayList<>();
        private long lastSeq;
        private Instant newest = Instant.MIN;
        private long firstSeq = 1;
        /** Only what is older than this can be added before the oldest message; null = older than the oldest message. */
        private Instant closedFrom;

        Box copy() {
            Box copy = new Box();
            copy.messages = new ArrayList<>(messages);
            copy.lastSeq = lastSeq;
            copy.newest = newest;
            copy.firstSeq = firstSeq;
            copy.closedFrom = closedFrom;
            return copy;
        }

        boolean holds(Mid mid) {
            return place(mid).isPresent();
        }

        OptionalLong place(Mid mid) {
            return messages.stream()
                    .filter(message -> message.mid().equals(mid))
                    .mapToLong(ArchivedMessage::seq)
                    .findFirst();
        }

        ArchivedMessage make(NewEntry entry, long seq, Instant at) {
            return new ArchivedMessage(
                    entry.owner(),
                    seq,
                    entry.mid(),
                    entry.direction(),
                    entry.peer().toString(),
                    at,
                    entry.stanza());
        }

        long remove(Predicate<ArchivedMessage> unwanted) {
            int before = messages.size();
            messages.removeIf(unwanted);
            return before - (long) messages.size();
        }
    }

    private final Map<String, Box> boxes = new HashMap<>();

    private Box box(String owner) {
        return boxes.getOrDefault(owner, new Box());
    }

    @Override
    public synchronized List<AppendedEntry> append(List<NewEntry> entries) {
        Map<String, Box> grown = new HashMap<>();
        List<AppendedEntry> added = new ArrayList<>();
        for (NewEntry entry : entries) {
            Box box = grown.computeIfAbsent(entry.owner(), owner -> box(owner).copy());
            if (box.holds(entry.mid())) {
                throw new StoreUnavailable("MID used twice: " + entry.mid());
            }
            // The time of the newest of the batch, and never one before that of an earlier message.
            box.newest = Stream.concat(
                            Stream.of(box.newest),
                            entries.stream()
                                    .filter(other -> other.owner().equals(entry.owner()))
                                    .map(NewEntry::receivedAt))
                    .max(Instant::compareTo)
                    .orElseThrow();
            ArchivedMessage message = box.make(entry, ++box.lastSeq, box.newest);
            AppendedEntry stored = stored(entry, message);
            if (stored.isArchived()) {
                box.messages.add(message);
            }
            added.add(stored);
        }
        boxes.putAll(grown);
        return added;
    }

    private static AppendedEntry stored(NewEntry entry, ArchivedMessage message) {
        return new AppendedEntry(message, entry.claim(), AppendedEntry.Result.STORED);
    }

    @Override
    public synchronized Optional<List<AppendedEntry>> committed(List<NewEntry> entries) {
        List<AppendedEntry> found = new ArrayList<>();
        for (NewEntry entry : entries) {
            find(entry.owner(), entry.mid())
                    .filter(entry::became)
                    .ifPresent(message -> found.add(stored(entry, message)));
        }
        return found.size() == entries.size() ? Optional.of(found) : Optional.empty();
    }

    /**
     * Adds messages before the oldest ones, as an import does.
     *
     * @param entries newest first; those that are not older than what is there, or was brought by this, are left out
     * @return those that were added
     */
    public synchronized List<ArchivedMessage> addOlder(String owner, List<NewEntry> entries) {
        Box box = boxes.computeIfAbsent(owner, name -> new Box());
        Instant oldest = box.closedFrom;
        if (oldest == null) {
            oldest = box.messages.isEmpty() ? Instant.MAX : box.messages.get(0).receivedAt();
        }
        List<ArchivedMessage> added = new ArrayList<>();
        for (NewEntry entry : entries) {
            if (entry.receivedAt().isBefore(oldest)) {
                added.add(0, box.make(entry, --box.firstSeq, entry.receivedAt()));
                box.closedFrom = entry.receivedAt();
                box.newest = box.newest.isAfter(entry.receivedAt()) ? box.newest : entry.receivedAt();
            }
        }
        box.messages.addAll(0, added);
        return added;
    }

    @Override
    public synchronized Optional<ArchivePage> page(ArchiveQuery query) {
        Box box = box(query.owner());
        Paging paging = query.paging();
        ArchiveQuery.Filter filter = query.filter();
        List<Mid> named = new ArrayList<>(filter.ids());
        Stream.of(paging.after(), paging.before(), filter.afterId(), filter.beforeId())
                .forEach(mid -> mid.ifPresent(named::add));
        if (!named.stream().allMatch(box::holds)) {
            return Optional.empty();
        }
        List<ArchivedMessage> matching = new ArrayList<>(box.messages.stream()
                .filter(message -> paging.after().stream().allMatch(mid -> isAfter(box, message, mid)))
                .filter(message -> paging.before().stream().allMatch(mid -> isBefore(box, message, mid)))
                .filter(message -> filter.afterId().stream().allMatch(mid -> isAfter(box, message, mid)))
                .filter(message -> filter.beforeId().stream().allMatch(mid -> isBefore(box, message, mid)))
                .filter(message -> matches(message, filter))
                .toList());
        if (paging.backwards()) {
            Collections.reverse(matching);
        }
        List<ArchivedMessage> page = start(matching, paging.max(), paging.bytes());
        boolean complete = matching.size() == page.size();
        if (paging.backwards()) {
            Collections.reverse(page);
        }
        return Optional.of(new ArchivePage(
                page, complete, query.isUnfiltered() ? OptionalLong.of(box.messages.size()) : OptionalLong.empty()));
    }

    /** What fits in a page; one message alone always does. */
    private static List<ArchivedMessage> start(List<ArchivedMessage> messages, int max, long bytes) {
        List<ArchivedMessage> start = new ArrayList<>();
        for (ArchivedMessage message : messages) {
            if (start.size() == max || !start.isEmpty() && bytes(start) + bytes(List.of(message)) > bytes) {
                break;
            }
            start.add(message);
        }
        return start;
    }

    private static boolean isAfter(Box box, ArchivedMessage message, Mid mid) {
        return message.seq() > box.place(mid).orElseThrow();
    }

    private static boolean isBefore(Box box, ArchivedMessage message, Mid mid) {
        return message.seq() < box.place(mid).orElseThrow();
    }

    private static boolean matches(ArchivedMessage message, ArchiveQuery.Filter filter) {
        return filter.with().stream().allMatch(with -> isWith(message, with.jid()))
                && filter.start().stream().noneMatch(message.receivedAt()::isBefore)
                && filter.end().stream().noneMatch(message.receivedAt()::isAfter)
                && (filter.ids().isEmpty() || filter.ids().contains(message.mid()));
    }

    private static boolean isWith(ArchivedMessage message, JID with) {
        JID peer = new JID(message.peer());
        return with.equals(with.getResource() == null ? peer.asBareJID() : peer);
    }

    @Override
    public synchronized Optional<ArchivedMessage> find(String owner, Mid mid) {
        return archive(owner).stream()
                .filter(message -> message.mid().equals(mid))
                .findFirst();
    }

    @Override
    public boolean hasSent(String owner, JID peer, String messageId) {
        return false;
    }

    @Override
    public List<Long> sentHashes(String owner, Instant since, int max) {
        return List.of();
    }

    @Override
    public List<Long> receivedHashes(String owner, JID from, Instant since, int max) {
        return List.of();
    }

    @Override
    public Optional<ReceivedId> findReceived(String owner, JID from, long contentHash) {
        return Optional.empty();
    }

    @Override
    public void probe() {
        // Memory answers always.
    }

    @Override
    public synchronized Optional<Runnable> trim(String owner, Mid upTo) {
        OptionalLong last = box(owner).place(upTo);
        return last.isEmpty() ? Optional.empty() : Optional.of(() -> trim(owner, last.getAsLong()));
    }

    @Override
    public synchronized Runnable trimAll(String owner) {
        long last = box(owner).lastSeq;
        return () -> trim(owner, last);
    }

    private synchronized void trim(String owner, long last) {
        Box box = box(owner);
        box.closedFrom = Instant.MIN;
        box.remove(message -> message.seq() <= last);
    }

    @Override
    public synchronized Trimmed trimTo(String owner, long messages, long bytes) {
        List<ArchivedMessage> left = box(owner).messages;
        int before = left.size();
        while (!left.isEmpty() && (left.size() > messages || bytes(left) > bytes)) {
            left.remove(0);
        }
        return new Trimmed(before - (long) left.size(), true);
    }

    static long bytes(List<ArchivedMessage> messages) {
        return messages.stream()
                .mapToLong(message -> message.stanza().getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    @Override
    public synchronized long trimBefore(String owner, Instant time) {
        return box(owner).remove(message -> message.receivedAt().isBefore(time));
    }

    @Override
    public synchronized long deleteConversation(String owner, JID peer) {
        return box(owner).remove(message -> isWith(message, peer.asBareJID()));
    }

    @Override
    public synchronized void delete(String owner) {
        boxes.remove(owner);
    }

    @Override
    public synchronized Optional<ArchiveSize> size(String owner) {
        return Optional.ofNullable(boxes.get(owner))
                .map(box -> new ArchiveSize(box.messages.size(), bytes(box.messages)));
    }

    @Override
    public synchronized List<ArchivedMessage> read(String owner, long after, int max, long bytes) {
        List<ArchivedMessage> behind = box(owner).messages.stream()
                .filter(message -> message.seq() > after)
                .toList();
        return start(behind, max, bytes);
    }

    @Override
    public synchronized List<String> owners(String after, int max) {
        return boxes.keySet().stream()
                .filter(owner -> owner.compareTo(after) > 0)
                .sorted()
                .limit(max)
                .toList();
    }

    /** Everything that an account's archive holds. */
    public synchronized List<ArchivedMessage> archive(String owner) {
        return List.copyOf(box(owner).messages);
    }
}
