package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/**
 * The public id of one archived message: its XEP-0359 stanza-id, its XEP-0313 UID and its {@code urn:xmpp:mid:0} id are
 * this same string. Each owner's copy has its own; none is used twice in one archive.
 *
 * @param value 1 to {@value #MAX_LENGTH} characters
 */
public record Mid(String value) {

    /** The longest MID that the archive stores: a prefix, a dot and an id attribute of 64 characters fit in. */
    public static final int MAX_LENGTH = 128;

    /**
     * @throws IllegalArgumentException if the value is empty or too long to be any archive's MID
     */
    public Mid {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("A MID has 1 to " + MAX_LENGTH + " characters, not " + value.length());
        }
    }

    /** Whether a text that a client sent can be a MID at all. */
    public static boolean isPossible(String text) {
        return !text.isEmpty() && text.length() <= MAX_LENGTH;
    }

    @Override
    public String toString() {
        return value;
    }
}
