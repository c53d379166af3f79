package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.nio.charset.StandardCharsets;

/**
 * The public id of one archived message: its XEP-0359 stanza-id, its XEP-0313 UID and its {@code urn:xmpp:mid:0} id are
 * this same string. Each owner's copy has its own; none is used twice in one archive.
 *
 * <p>Some databases count bytes, and many take no notice of spaces at the end of what they compare.
 *
 * @param value 1 to {@value #MAX_LENGTH} bytes as UTF-8, the last of which is no space
 */
public record Mid(String value) {

    /** The longest MID that the archive stores: a prefix, a dot and an id attribute of 64 characters fit in. */
    public static final int MAX_LENGTH = 128;

    /** As UTF-8, of one {@code char}. */
    private static final int MAX_BYTES = 3;

    /**
     * @throws IllegalArgumentException if the value cannot be any archive's MID
     */
    public Mid {
        if (!isPossible(value)) {
            throw new IllegalArgumentException("A MID has 1 to " + MAX_LENGTH + " bytes and ends with no space");
        }
    }

    /** Whether a text that a client sent can be a MID at all. */
    public static boolean isPossible(String text) {
        return !text.isEmpty()
                && !text.endsWith(" ")
                && text.length() <= MAX_LENGTH
                && (text.length() * MAX_BYTES <= MAX_LENGTH
                        || text.getBytes(StandardCharsets.UTF_8).length <= MAX_LENGTH);
    }

    @Override
    public String toString() {
        return value;
    }
}
