package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.xmpp.packet.JID;

/** What an archive is, said as plainly as possible: a list for each account. Knows no offline set. Thread-safe. */
public class InMemoryArchive implements ArchiveStore {

    private final Map<String, List<ArchivedMessage>> archives = new HashMap<>();

    @Override
    public synchronized List<AppendedEntry> append(List<NewEntry> entries) {
        Map<String, List<ArchivedMessage>> grown = new HashMap<>();
        archives.forEach((owner, messages) -> grown.put(owner, new ArrayList<>(messages)));
        List<AppendedEntry> added = new ArrayList<>();
        for (NewEntry entry : entries) {
            List<ArchivedMessage> archive = grown.computeIfAbsent(entry.owner(), owner -> new ArrayList<>());
            if (archive.stream().anyMatch(message -> message.mid().equals(entry.mid()))) {
                throw new StoreUnavailable("MID used twice: " + entry.mid());
            }
            ArchivedMessage message = new ArchivedMessage(
                    entry.owner(),
                    archive.size() + 1L,
                    entry.mid(),
                    entry.direction(),
                    entry.peer().toString(),
                    timeOf(entry, entries, archive),
                    entry.stanza());
            archive.add(message);
            added.add(stored(entry, message));
        }
        archives.putAll(grown);
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

    /** That of the newest of its batch, and never before that of an earlier message. */
    private static Instant timeOf(NewEntry entry, List<NewEntry> batch, List<ArchivedMessage> archive) {
        Instant newest = batch.stream()
                .filter(other -> other.owner().equals(entry.owner()))
                .map(NewEntry::receivedAt)
                .max(Instant::compareTo)
                .orElseThrow();
        Instant last =
                archive.isEmpty() ? newest : archive.get(archive.size() - 1).receivedAt();
        return last.isAfter(newest) ? last : newest;
    }

    @Override
    public synchronized Optional<ArchivePage> page(ArchiveQuery query) {
        List<ArchivedMessage> all = archive(query.owner());
        Paging paging = query.paging();
        ArchiveQuery.Filter filter = query.filter();
        List<Mid> named = new ArrayList<>(filter.ids());
        Stream.of(paging.after(), paging.before(), filter.afterId(), filter.beforeId())
                .forEach(mid -> mid.ifPresent(named::add));
        if (named.stream().anyMatch(mid -> place(all, mid) == 0)) {
            return Optional.empty();
        }
        List<ArchivedMessage> matching = new ArrayList<>(all.stream()
                .filter(message -> paging.after().stream().allMatch(mid -> message.seq() > place(all, mid)))
                .filter(message -> paging.before().stream().allMatch(mid -> message.seq() < place(all, mid)))
                .filter(message -> filter.afterId().stream().allMatch(mid -> message.seq() > place(all, mid)))
                .filter(message -> filter.beforeId().stream().allMatch(mid -> message.seq() < place(all, mid)))
                .filter(message -> matches(message, filter))
                .toList());
        if (paging.backwards()) {
            Collections.reverse(matching);
        }
        List<ArchivedMessage> page = new ArrayList<>(matching.subList(0, Math.min(paging.max(), matching.size())));
        if (paging.backwards()) {
            Collections.reverse(page);
        }
        // Of a page of none it is not looked up what matches, but an empty archive needs no look.
        boolean complete = paging.max() > 0 ? matching.size() <= paging.max() : query.isUnfiltered() && all.isEmpty();
        return Optional.of(new ArchivePage(
                page, complete, query.isUnfiltered() ? OptionalLong.of(all.size()) : OptionalLong.empty()));
    }

    private static long place(List<ArchivedMessage> archive, Mid mid) {
        return archive.stream()
                .filter(message -> message.mid().equals(mid))
                .mapToLong(ArchivedMessage::seq)
                .findFirst()
                .orElse(0);
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
    public Optional<Mid> findReceived(String owner, JID from, long contentHash) {
        return Optional.empty();
    }

    @Override
    public void probe() {
        // Memory answers always.
    }

    /** Everything that an account's archive holds. */
    public synchronized List<ArchivedMessage> archive(String owner) {
        return List.copyOf(archives.getOrDefault(owner, List.of()));
    }
}
