package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.xmpp.packet.JID;

/**
 * Where archives are kept. Implementations are thread-safe; every method throws {@link StoreUnavailable} when the
 * database fails, and has then changed nothing.
 */
public interface ArchiveStore {

    /**
     * Adds messages to archives and offline sets, all or none. When this returns they are committed, as durably as the
     * database is configured to be. Limits are exact, also where several nodes add to one account at the same time.
     *
     * @param entries in the order in which they shall stand in the archives; may concern several accounts
     * @return the same messages in the same order, with their places and with what became of them
     */
    List<AppendedEntry> append(List<NewEntry> entries);

    /**
     * Whether entries that were given to one {@link #append}, which failed, were committed all the same: a connection
     * that breaks while it commits leaves that open.
     *
     * @return what became of them; empty if none of them was stored
     */
    Optional<List<AppendedEntry>> committed(List<NewEntry> entries);

    /**
     * Reads one page.
     *
     * @return empty if a MID that the query names is not in the owner's archive
     */
    Optional<ArchivePage> page(ArchiveQuery query);

    /** Finds one message by its public id. */
    Optional<ArchivedMessage> find(String owner, Mid mid);

    /**
     * Whether an account has lately sent a message with this id attribute to this address, whatever its resource.
     *
     * @param peer the address; its resource does not matter
     * @param messageId the stanza's id, not its MID
     */
    boolean hasSent(String owner, JID peer, String messageId);

    /**
     * The content hashes of what an account has sent, to others or to itself.
     *
     * @param since only messages received by the server at this time or later
     * @param max how many at most, the newest
     */
    List<Long> sentHashes(String owner, Instant since, int max);

    /**
     * The content hashes of what an account has lately received and still has, archived or kept until it is delivered.
     *
     * @param from its sender; the resource does not matter, since the hash covers it
     * @param since only messages received by the server at this time or later
     * @param max how many at most of each kind, the newest
     */
    List<Long> receivedHashes(String owner, JID from, Instant since, int max);

    /**
     * The newest of an account's lately received messages with this content hash; what is archived goes before what is kept
     * until it is delivered.
     *
     * @param from its sender; the resource does not matter, since the hash covers it
     */
    Optional<ReceivedId> findReceived(String owner, JID from, long contentHash);

    /** Returns if the database answers, throws if it does not. */
    void probe();
}
