package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.xmpp.packet.JID;

/**
 * A message on its way into one account's archive.
 *
 * @param owner the account's user name (the local part of its bare JID)
 * @param mid the id it will be known by; not yet used in this archive
 * @param direction whether the owner received or sent it
 * @param peer the other side's address, with its resource if there was one
 * @param receivedAt when the server received it; the archive may move this forward so that times follow its order
 * @param messageId the stanza's id attribute, if it has one of at most {@value #MAX_MESSAGE_ID} bytes as UTF-8
 * @param contentHash what tells the message from others with its id
 * @param stanza the message as XML, without any stanza-id of a local account
 * @param claim what it is to the offline set; only what the owner received can be in that
 */
public record NewEntry(
        String owner,
        Mid mid,
        Direction direction,
        JID peer,
        Instant receivedAt,
        Optional<String> messageId,
        long contentHash,
        String stanza,
        OfflineClaim claim) {

    /** Longer ids are not kept beside the stanza: nothing can be found by them. */
    public static final int MAX_MESSAGE_ID = 255;

    public NewEntry(String owner, Mid mid, Direction direction, JID peer, Instant receivedAt, String stanza) {
        this(owner, mid, direction, peer, receivedAt, Optional.empty(), 0, stanza);
    }

    /** An entry that is not in the offline set. */
    public NewEntry(
            String owner,
            Mid mid,
            Direction direction,
            JID peer,
            Instant receivedAt,
            Optional<String> messageId,
            long contentHash,
            String stanza) {
        this(owner, mid, direction, peer, receivedAt, messageId, contentHash, stanza, OfflineClaim.NONE);
    }

    /** The same entry, claiming something else. */
    public NewEntry with(OfflineClaim other) {
        return new NewEntry(owner, mid, direction, peer, receivedAt, messageId, contentHash, stanza, other);
    }

    /**
     * @throws IllegalArgumentException if a message that was sent claims to be in the offline set
     */
    public NewEntry {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(mid, "mid");
        Objects.requireNonNull(direction, "direction");
        Objects.requireNonNull(peer, "peer");
        Objects.requireNonNull(receivedAt, "receivedAt");
        Objects.requireNonNull(stanza, "stanza");
        if (claim.eligible() && direction != Direction.RECEIVED) {
            throw new IllegalArgumentException("Only what was received can be undelivered");
        }
        messageId = messageId.filter(id -> !id.isEmpty() && bytes(id) <= MAX_MESSAGE_ID);
    }

    /** Whether this entry became that message: another one may have its MID. */
    public boolean became(ArchivedMessage stored) {
        return stored.direction() == direction
                && stored.peer().equals(peer.toString())
                && stored.stanza().equals(stanza);
    }

    /** How large the stanza is as UTF-8, in bytes. */
    public int stanzaBytes() {
        return bytes(stanza);
    }

    /** Copies rather than counts: the copy of a text in one-byte characters is vectorized, a loop over them is not. */
    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
