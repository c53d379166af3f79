package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.xmpp.packet.JID;

/** Maintenance that finds in the archives all that was handed to the writer before. Thread-safe. */
public final class SettledMaintenance implements ArchiveMaintenance {

    private final ArchiveMaintenance archives;
    private final Settling writer;

    public SettledMaintenance(ArchiveMaintenance archives, Settling writer) {
        this.archives = archives;
        this.writer = writer;
    }

    @Override
    public boolean trim(String owner, Mid upTo) {
        writer.settle();
        return archives.trim(owner, upTo);
    }

    @Override
    public void trimAll(String owner) {
        writer.settle();
        archives.trimAll(owner);
    }

    @Override
    public Trimmed trimTo(String owner, long messages, long bytes) {
        return archives.trimTo(owner, messages, bytes);
    }

    @Override
    public long trimBefore(String owner, Instant time) {
        writer.settle();
        return archives.trimBefore(owner, time);
    }

    @Override
    public long deleteConversation(String owner, JID peer) {
        writer.settle();
        return archives.deleteConversation(owner, peer);
    }

    @Override
    public void delete(String owner) {
        writer.settle();
        archives.delete(owner);
    }

    @Override
    public Optional<ArchiveSize> size(String owner) {
        writer.settle();
        return archives.size(owner);
    }

    @Override
    public List<ArchivedMessage> read(String owner, long after, int max) {
        writer.settle();
        return archives.read(owner, after, max);
    }

    @Override
    public List<String> owners(String after, int max) {
        writer.settle();
        return archives.owners(after, max);
    }
}
