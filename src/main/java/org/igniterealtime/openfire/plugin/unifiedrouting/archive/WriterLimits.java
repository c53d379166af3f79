package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Duration;

/**
 * The bounds of an {@link ArchiveWriter}.
 *
 * @param queue how many messages may wait for the writer, where it is fast enough to write them within two seconds; more
 *     wait at the door
 * @param queueCharacters how much stanza text may wait for the writer, that of each owner's entry counted
 * @param batchMessages how many messages one transaction holds at most
 * @param batchCharacters how much stanza text a transaction holds when it takes no further message
 * @param patience how long a message waits at the door, or for its batch to begin before it is withdrawn, and how long
 *     somebody waits until what was handed over before is settled
 * @param probeInterval how often an unreachable database is tried again
 */
public record WriterLimits(
        int queue,
        long queueCharacters,
        int batchMessages,
        int batchCharacters,
        Duration patience,
        Duration probeInterval) {

    /**
     * 10,000 messages or 20 million characters waiting, 1,000 messages or 4 million characters in a batch, 10 s of patience,
     * a probe each second.
     */
    public static WriterLimits defaults() {
        return new WriterLimits(10_000, 20_000_000, 1_000, 4_000_000, Duration.ofSeconds(10), Duration.ofSeconds(1));
    }

    /** The same with another patience. */
    public WriterLimits withPatience(Duration other) {
        return new WriterLimits(queue, queueCharacters, batchMessages, batchCharacters, other, probeInterval);
    }
}
