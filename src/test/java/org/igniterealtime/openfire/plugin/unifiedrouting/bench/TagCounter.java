package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.nio.charset.StandardCharsets;

/** Counts the closing tags of messages in a stream of bytes, without parsing it. Not thread-safe. */
final class TagCounter {

    // Its first byte occurs only there, so that a mismatch never leaves more of it matched than that byte.
    private static final byte[] TAG = "</message>".getBytes(StandardCharsets.US_ASCII);

    private int matched;

    /** How many tags end within these bytes. They may have begun in earlier ones. */
    int count(byte[] bytes, int length) {
        int found = 0;
        int at = matched;
        for (int i = 0; i < length; i++) {
            byte b = bytes[i];
            if (b == TAG[at]) {
                if (++at == TAG.length) {
                    found++;
                    at = 0;
                }
            } else {
                at = b == TAG[0] ? 1 : 0;
            }
        }
        matched = at;
        return found;
    }
}
