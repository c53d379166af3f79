package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Supplier;

/**
 * MIDs of 128 random bits, so that nothing about an archive can be inferred from one (XEP-0313 §3.1.1 asks for ids that
 * cannot be predicted). Thread-safe.
 */
public final class RandomMids implements Supplier<Mid> {

    private static final int BYTES = 16;

    private final SecureRandom random;

    public RandomMids(SecureRandom random) {
        this.random = random;
    }

    @Override
    public Mid get() {
        return new Mid(secret());
    }

    /** 128 random bits as 22 characters: letters, digits, {@code -} and {@code _}. */
    public String secret() {
        byte[] bits = new byte[BYTES];
        random.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }
}
