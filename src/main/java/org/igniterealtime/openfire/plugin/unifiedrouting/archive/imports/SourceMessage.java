package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;

import java.util.Comparator;

/**
 * One row of the other archive, as it stands there.
 *
 * @param key its place
 * @param fromBare the sender's bare JID
 * @param fromResource or null
 * @param toBare the addressee's bare JID, or a room's
 * @param toResource or null
 * @param ofRoom whether it belongs to a room's conversation, or is a private message in a room
 * @param body its text, or null
 * @param stanza its XML, or null
 */
public record SourceMessage(
        SourceKey key,
        String fromBare,
        String fromResource,
        String toBare,
        String toResource,
        boolean ofRoom,
        String body,
        String stanza) {

    private static final Comparator<String> TEXT = Comparator.nullsFirst(Comparator.naturalOrder());

    /** By key; rows of one key by their content. Only rows that are the same in every column are equal. */
    public static final Comparator<SourceMessage> ORDER = Comparator.comparing(SourceMessage::key)
            .thenComparing(SourceMessage::fromBare, TEXT)
            .thenComparing(SourceMessage::fromResource, TEXT)
            .thenComparing(SourceMessage::toBare, TEXT)
            .thenComparing(SourceMessage::toResource, TEXT)
            .thenComparing(SourceMessage::ofRoom)
            .thenComparing(SourceMessage::stanza, TEXT)
            .thenComparing(SourceMessage::body, TEXT);

    /** How many characters it holds in memory, roughly. */
    public int characters() {
        return (body == null ? 0 : body.length()) + (stanza == null ? 0 : stanza.length());
    }

    /** What a log may say of it: not what was said. */
    @Override
    public String toString() {
        return "message " + key.messageId() + " of conversation " + key.conversationId() + ", sent at " + key.sentAt();
    }
}
