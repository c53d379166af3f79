package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.xmpp.packet.JID;

/** An archive as its readers see it: with all that was handed to the writer for them before they asked. Thread-safe. */
public final class SettledArchive implements ArchiveStore {

    private final ArchiveStore archive;
    private final Settling writer;

    public SettledArchive(ArchiveStore archive, Settling writer) {
        this.archive = archive;
        this.writer = writer;
    }

    @Override
    public List<AppendedEntry> append(List<NewEntry> entries) {
        return archive.append(entries);
    }

    @Override
    public Optional<List<AppendedEntry>> committed(List<NewEntry> entries) {
        return archive.committed(entries);
    }

    @Override
    public Optional<ArchivePage> page(ArchiveQuery query) {
        writer.settle(query.owner());
        return archive.page(query);
    }

    @Override
    public Optional<ArchivedMessage> find(String owner, Mid mid) {
        writer.settle(owner);
        return archive.find(owner, mid);
    }

    @Override
    public boolean hasSent(String owner, JID peer, String messageId) {
        writer.settle(owner);
        return archive.hasSent(owner, peer, messageId);
    }

    @Override
    public List<Long> sentHashes(String owner, Instant since, int max) {
        writer.settle(owner);
        return archive.sentHashes(owner, since, max);
    }

    @Override
    public List<Long> receivedHashes(String owner, JID from, Instant since, int max) {
        writer.settle(owner);
        return archive.receivedHashes(owner, from, since, max);
    }

    @Override
    public Optional<ReceivedId> findReceived(String owner, JID from, long contentHash) {
        writer.settle(owner);
        return archive.findReceived(owner, from, contentHash);
    }

    @Override
    public void probe() {
        archive.probe();
    }
}
