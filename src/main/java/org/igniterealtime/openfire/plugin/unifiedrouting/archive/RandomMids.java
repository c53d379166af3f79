package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Supplier;

/**
 * MIDs of 128 random bits, so that nothing about an archive can be inferred from one (XEP-0313 §3.1.1 asks for ids that
 * cannot be predicted). Thread-safe.
 */
public final class RandomMids implements Supplier<Mid> {

    private static final int BYTES = 16;

    /** Random bits are asked for so many MIDs at a time: each question has its price. */
    private static final int AT_A_TIME = 64;

    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private final SecureRandom random;
    private final byte[] stock = new byte[AT_A_TIME * BYTES];
    private int used = stock.length;

    public RandomMids(SecureRandom random) {
        this.random = random;
    }

    @Override
    public Mid get() {
        return new Mid(secret());
    }

    /** 128 random bits as 22 characters: letters, digits, {@code -} and {@code _}. */
    public String secret() {
        return TEXT.encodeToString(bits());
    }

    private synchronized byte[] bits() {
        if (used == stock.length) {
            random.nextBytes(stock);
            used = 0;
        }
        byte[] bits = Arrays.copyOfRange(stock, used, used + BYTES);
        used += BYTES;
        return bits;
    }
}
