package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.time.Instant;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/**
 * What is known of a message of an offline set before it is read.
 *
 * @param mid its public id
 * @param receivedAt when the server received it, in milliseconds
 * @param bytes how long it is as text in UTF-8
 */
public record OfflineHead(Mid mid, Instant receivedAt, long bytes) {}
