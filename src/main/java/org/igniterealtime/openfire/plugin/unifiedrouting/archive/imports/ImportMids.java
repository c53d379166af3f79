package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/**
 * The MIDs of imported messages: 128 bits of a keyed hash over the row and its owner. The same row gives an owner the same
 * MID each time, and who does not know the installation's secret can predict none, not even who has the same message in
 * an archive of his own (XEP-0313 §3.1.1). Thread-safe.
 */
public final class ImportMids {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SECRET_BYTES = 32;
    private static final int MID_BYTES = 16;

    private final SecretKeySpec key;

    /**
     * @param secret from {@link #newSecret}
     */
    public ImportMids(String secret) {
        this.key = new SecretKeySpec(Base64.getDecoder().decode(secret), ALGORITHM);
    }

    /** 256 random bits as text of 44 characters. */
    public static String newSecret(SecureRandom random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return Base64.getEncoder().encodeToString(secret);
    }

    /**
     * @param repetition how many rows that are the same in every column come before this one
     */
    Mid of(String owner, SourceMessage row, int repetition) {
        Mac mac = mac();
        add(mac, owner);
        mac.update(ByteBuffer.allocate(Long.BYTES * 3 + Integer.BYTES)
                .putLong(row.key().sentAt())
                .putLong(row.key().messageId())
                .putLong(row.key().conversationId())
                .putInt(repetition)
                .array());
        add(mac, row.fromBare());
        add(mac, row.fromResource());
        add(mac, row.toBare());
        add(mac, row.toResource());
        add(mac, row.stanza());
        add(mac, row.body());
        byte[] bits = Arrays.copyOf(mac.doFinal(), MID_BYTES);
        return new Mid(Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }

    /** With its length in front, so that no two lists of texts read the same. */
    private static void add(Mac mac, String text) {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES)
                .putInt(text == null ? -1 : bytes.length)
                .array());
        mac.update(bytes);
    }

    private Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has " + ALGORITHM, e);
        }
    }
}
