package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.time.Instant;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/**
 * What is kept of an account beside its messages, as far as offline delivery is concerned.
 *
 * @param cursorSeq the place at or before which no eligible message of the archive is undelivered
 * @param lastOfflineMid the id of the newest entry at or before the cursor; empty if there is none any more
 * @param lastSeq the highest place given away
 * @param ownLimit the limit that the account has set for itself
 * @param archiveUsedAt when a session last queried its archive or subscribed to it
 */
public record OfflineMailbox(
        long cursorSeq,
        Optional<Mid> lastOfflineMid,
        long lastSeq,
        Optional<OfflineLimit> ownLimit,
        Optional<Instant> archiveUsedAt) {

    /** Of an account that has neither sent nor received anything. */
    public static final OfflineMailbox EMPTY =
            new OfflineMailbox(0, Optional.empty(), 0, Optional.empty(), Optional.empty());
}
