package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.xmpp.packet.JID;

/** What an archive is, said as plainly as possible: a list for each account. Thread-safe. */
public class InMemoryArchive implements ArchiveStore {

    private final Map<String, List<ArchivedMessage>> archives = new HashMap<>();

    @Override
    public synchronized List<ArchivedMessage> append(List<NewEntry> entries) {
        Map<String, List<ArchivedMessage>> grown = new HashMap<>();
        archives.forEach((owner, messages) -> grown.put(owner, new ArrayList<>(messages)));
        List<ArchivedMessage> added = new ArrayList<>();
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
            added.add(message);
        }
        archives.putAll(grown);
        return added;
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
        Optional<Long> after = paging.after().map(mid -> place(all, mid));
        Optional<Long> before = paging.before().map(mid -> place(all, mid));
        if (after.equals(Optional.of(0L)) || before.equals(Optional.of(0L))) {
            return Optional.empty();
        }
        List<ArchivedMessage> matching = new ArrayList<>(all.stream()
                .filter(message -> after.isEmpty() || message.seq() > after.get())
                .filter(message -> before.isEmpty() || message.seq() < before.get())
                .filter(message -> matches(message, query))
                .toList());
        if (paging.backwards()) {
            Collections.reverse(matching);
        }
        List<ArchivedMessage> page = new ArrayList<>(matching.subList(0, Math.min(paging.max(), matching.size())));
        if (paging.backwards()) {
            Collections.reverse(page);
        }
        boolean complete = paging.max() > 0 && matching.size() <= paging.max();
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

    private static boolean matches(ArchivedMessage message, ArchiveQuery query) {
        JID peer = new JID(message.peer());
        boolean isWith = query.filter()
                .with()
                .map(PeerFilter::jid)
                .map(with -> with.getResource() == null ? with.equals(peer.asBareJID()) : with.equals(peer))
                .orElse(true);
        return isWith
                && query.filter()
                        .start()
                        .map(start -> !message.receivedAt().isBefore(start))
                        .orElse(true)
                && query.filter()
                        .end()
                        .map(end -> !message.receivedAt().isAfter(end))
                        .orElse(true);
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
    public void probe() {
        // Memory answers always.
    }

    /** Everything that an account's archive holds. */
    public synchronized List<ArchivedMessage> archive(String owner) {
        return List.copyOf(archives.getOrDefault(owner, List.of()));
    }
}
