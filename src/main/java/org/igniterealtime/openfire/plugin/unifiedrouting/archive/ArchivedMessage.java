package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;

/**
 * A message in an account's archive.
 *
 * @param owner the account's user name
 * @param seq its place in the archive: strictly increasing in the order of commit. Never leaves the server
 * @param mid its public id
 * @param direction whether the owner received or sent it
 * @param peer the other side's address as text, with its resource if there was one
 * @param receivedAt when the server received it, in milliseconds; never before that of an earlier message
 * @param stanza the message as XML, without any stanza-id of a local account
 */
public record ArchivedMessage(
        String owner, long seq, Mid mid, Direction direction, String peer, Instant receivedAt, String stanza) {}
