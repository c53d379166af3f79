package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.nio.charset.StandardCharsets;

/**
 * A 64-bit hash of a bare JID (FNV-1a). Addresses have up to 3,071 characters, too many for an index on some databases;
 * rows that are found by the hash are verified by comparing the address itself.
 */
final class PeerHash {

    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private PeerHash() {}

    static long of(String bareJid) {
        long hash = OFFSET_BASIS;
        for (byte b : bareJid.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * PRIME;
        }
        return hash;
    }
}
