package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.xmpp.packet.JID;

/** Archives of which only the size counts, and what was asked of them. Thread-safe. */
final class ScriptedMaintenance implements ArchiveMaintenance {

    final SortedMap<String, ArchiveSize> sizes = new TreeMap<>();
    final Set<String> failing = new HashSet<>();
    final List<String> calls = new ArrayList<>();

    /** How many messages of an account are undelivered. */
    final Map<String, Long> undelivered = new HashMap<>();

    private void call(String what, String owner) {
        calls.add(what + ' ' + owner);
        if (failing.contains(owner)) {
            throw new StoreUnavailable("scripted");
        }
    }

    /** The calls of one kind, without the others. */
    synchronized List<String> calls(String what) {
        return calls.stream().filter(call -> call.startsWith(what + ' ')).toList();
    }

    synchronized void holds(String owner, long messages, long bytes) {
        sizes.put(owner, new ArchiveSize(messages, bytes));
    }

    @Override
    public Optional<Runnable> trim(String owner, Mid upTo) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Runnable trimAll(String owner) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized Trimmed trimTo(String owner, long messages, long bytes) {
        call("trimTo", owner);
        ArchiveSize before = sizes.get(owner);
        long left = Math.max(undelivered.getOrDefault(owner, 0L), Math.min(before.messages(), messages));
        holds(owner, left, Math.min(before.bytes(), bytes));
        return new Trimmed(before.messages() - left, left <= messages);
    }

    @Override
    public synchronized long trimBefore(String owner, Instant time) {
        call("trimBefore", owner + ' ' + time);
        if (failing.contains(owner)) {
            throw new StoreUnavailable("scripted");
        }
        return 1;
    }

    @Override
    public long deleteConversation(String owner, JID peer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized void delete(String owner) {
        call("delete", owner);
        sizes.remove(owner);
    }

    @Override
    public synchronized Optional<ArchiveSize> size(String owner) {
        call("size", owner);
        return Optional.ofNullable(sizes.get(owner));
    }

    @Override
    public List<ArchivedMessage> read(String owner, long after, int max, long bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized List<String> owners(String after, int max) {
        calls.add("owners");
        return sizes.keySet().stream()
                .filter(owner -> owner.compareTo(after) > 0)
                .limit(max)
                .toList();
    }
}
