package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.time.Instant;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/**
 * A message of an account's offline set: received, and taken by no session.
 *
 * @param seq its place among the account's messages, archived or not. Never leaves the server
 * @param mid its public id
 * @param archived whether it is in the archive, too; else it is deleted when a session takes it
 * @param peer its sender's address as text, with its resource if there was one
 * @param receivedAt when the server received it, in milliseconds
 * @param stanza the message as XML, without any stanza-id of a local account
 */
public record OfflineMessage(long seq, Mid mid, boolean archived, String peer, Instant receivedAt, String stanza) {}
