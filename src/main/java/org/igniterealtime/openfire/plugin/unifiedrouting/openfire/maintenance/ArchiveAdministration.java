package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OrphanPurge;
import org.xmpp.packet.JID;

/**
 * What an administrator may do with the archives of accounts. Each method does its work before it returns, which may
 * take minutes for a large archive: not to be called by threads that others wait for. Who may call it is the caller's
 * business. Thread-safe.
 *
 * <p>All throw {@code StoreUnavailable} when the database fails, and {@link IllegalArgumentException} when an address is
 * not one of this server's accounts, or has no archive; an archive without an account is one.
 */
final class ArchiveAdministration {

    private final String domain;
    private final ArchiveMaintenance archive;
    private final ExportFiles exports;
    private final OrphanPurge purge;
    private final BooleanSupplier leaving;

    ArchiveAdministration(
            String domain,
            ArchiveMaintenance archive,
            ExportFiles exports,
            OrphanPurge purge,
            BooleanSupplier leaving) {
        this.domain = domain;
        this.archive = archive;
        this.exports = exports;
        this.purge = purge;
        this.leaving = leaving;
    }

    /** Deletes what was received before a time; returns how many messages that were. */
    public long trimBefore(JID account, Instant time) {
        return archive.trimBefore(ownerOf(account), time);
    }

    /**
     * Deletes all that an account has exchanged with a peer, from this account's archive only; returns how many
     * messages that were.
     */
    public long deleteConversation(JID account, JID peer) {
        return archive.deleteConversation(ownerOf(account), peer);
    }

    /**
     * Writes an archive to a file.
     *
     * @throws java.io.UncheckedIOException if that cannot be written
     */
    public ExportedArchive export(JID account) {
        ownerOf(account);
        return exports.write(account.asBareJID());
    }

    /**
     * Deletes the archives of accounts that do not exist.
     *
     * @param forced see {@link OrphanPurge#run}
     */
    public OrphanPurge.Outcome purgeOrphans(boolean forced) {
        return purge.run(forced, leaving);
    }

    /** A misspelt name is no empty archive. */
    private String ownerOf(JID account) {
        String name = nameOf(account);
        if (archive.size(name).isEmpty()) {
            throw new IllegalArgumentException("'" + account.toBareJID() + "' has no archive.");
        }
        return name;
    }

    private String nameOf(JID account) {
        if (account.getNode() == null || !domain.equals(account.getDomain())) {
            throw new IllegalArgumentException("'" + account + "' is not an account of this server");
        }
        return account.getNode();
    }
}
