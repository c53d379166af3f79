package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.xmpp.packet.JID;

/**
 * Makes archives smaller. Large jobs are done in slices, each a transaction of its own, so that nobody waits long for an
 * account that is being cleaned; a job that is interrupted by a failure has done its first slices and can be repeated.
 * What is added while a job runs is left alone, except by {@link #trimTo} and {@link #delete}.
 *
 * <p>Implementations are thread-safe; every method throws {@link StoreUnavailable} when the database fails.
 */
public interface ArchiveMaintenance {

    /**
     * What a trim did.
     *
     * @param messages how many were deleted
     * @param isEnough whether no more is left than allowed; if not, all that is left is undelivered
     */
    record Trimmed(long messages, boolean isEnough) {}

    /**
     * Finds out what has to go if the oldest messages of an account are deleted up to and including one, undelivered or not.
     *
     * @return deletes them, and nothing that is added later; from then on no import adds older ones. Empty if the archive does
     *     not hold that message
     */
    Optional<Runnable> trim(String owner, Mid upTo);

    /**
     * Finds out which messages an account's archive holds now, undelivered or not.
     *
     * @return deletes them, and nothing that is added later. Places and times go on from where they were, and no import adds
     *     older ones
     */
    Runnable trimAll(String owner);

    /**
     * Deletes the oldest messages of an account until no more is left than allowed; none that is in the offline set.
     *
     * @param messages how many messages may stay; {@link Long#MAX_VALUE} = any number
     * @param bytes how many bytes of stanzas may stay; {@link Long#MAX_VALUE} = any number
     * @return what that did
     */
    Trimmed trimTo(String owner, long messages, long bytes);

    /**
     * Deletes the messages of an account that were received before a time, undelivered or not, archived or not.
     *
     * @return how many were deleted
     */
    long trimBefore(String owner, Instant time);

    /**
     * Deletes one conversation of an account, whatever its age, undelivered or not, archived or not.
     *
     * @param peer all resources of this address
     * @return how many were deleted
     */
    long deleteConversation(String owner, JID peer);

    /** Deletes an account's archive and everything that is kept beside it, as if it had never been. */
    void delete(String owner);

    /** How much an archive holds; empty if nothing at all is kept of this account. */
    Optional<ArchiveSize> size(String owner);

    /**
     * Reads an archive in order, for somebody who wants all of it. What is deleted meanwhile does not stop him.
     *
     * @param after only messages behind this place; {@link Long#MIN_VALUE} = from the oldest, imported ones have places below 1
     * @param max how many at most
     * @param bytes how long all of them are at most as text in UTF-8, unless it is one alone
     * @return none only if nothing is behind that place. That it is less than asked for says nothing
     */
    List<ArchivedMessage> read(String owner, long after, int max, long bytes);

    /**
     * Who has an archive, in the order of their names.
     *
     * @param after only names that follow this one; empty = from the start
     * @param max how many at most
     */
    List<String> owners(String after, int max);
}
