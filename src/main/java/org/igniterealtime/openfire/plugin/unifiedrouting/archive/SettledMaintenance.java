package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.xmpp.packet.JID;

/** Maintenance that finds in an archive all that was handed to the writer for it before. Thread-safe. */
public final class SettledMaintenance implements ArchiveMaintenance {

    private final ArchiveMaintenance archives;
    private final Settling writer;
    private final Consumer<String> cursors;

    /** @param cursors brings into the database what an account's sessions have taken, so that it may be trimmed */
    public SettledMaintenance(ArchiveMaintenance archives, Settling writer, Consumer<String> cursors) {
        this.archives = archives;
        this.writer = writer;
        this.cursors = cursors;
    }

    @Override
    public Optional<Runnable> trim(String owner, Mid upTo) {
        writer.settle(owner);
        return archives.trim(owner, upTo);
    }

    @Override
    public Runnable trimAll(String owner) {
        writer.settle(owner);
        return archives.trimAll(owner);
    }

    @Override
    public Trimmed trimTo(String owner, long messages, long bytes) {
        cursors.accept(owner);
        return archives.trimTo(owner, messages, bytes);
    }

    @Override
    public long trimBefore(String owner, Instant time) {
        writer.settle(owner);
        return archives.trimBefore(owner, time);
    }

    @Override
    public long deleteConversation(String owner, JID peer) {
        writer.settle(owner);
        return archives.deleteConversation(owner, peer);
    }

    @Override
    public void delete(String owner) {
        writer.settle(owner);
        archives.delete(owner);
    }

    @Override
    public Optional<ArchiveSize> size(String owner) {
        writer.settle(owner);
        return archives.size(owner);
    }

    @Override
    public List<ArchivedMessage> read(String owner, long after, int max, long bytes) {
        writer.settle(owner);
        return archives.read(owner, after, max, bytes);
    }

    @Override
    public List<String> owners(String after, int max) {
        return archives.owners(after, max);
    }
}
