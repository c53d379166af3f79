package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * MIDs of 128 random bits, so that nothing about an archive can be inferred from one (XEP-0313 §3.1.1 asks for ids that
 * cannot be predicted), behind {@value #PLACE_BYTES} random bytes that all MIDs of about one second have in common. These
 * tell nobody anything whom the times of the messages do not, and bring entries that are written together to one place of
 * the index by MID: with an index larger than the database's cache that halves the cost of an entry. Thread-safe.
 */
public final class RandomMids implements Supplier<Mid> {

    private static final int BYTES = 16;

    /** As Base64, these are whole characters. */
    private static final int PLACE_BYTES = 3;

    private static final long PLACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Random bits are asked for so many MIDs at a time: each question has its price. */
    private static final int AT_A_TIME = 64;

    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private final SecureRandom random;
    private final byte[] stock = new byte[AT_A_TIME * BYTES];
    private int used = stock.length;
    private final byte[] place = new byte[PLACE_BYTES];
    private final LongSupplier nanoTime;
    private long placeSince;

    public RandomMids(SecureRandom random) {
        this(random, System::nanoTime);
    }

    RandomMids(SecureRandom random, LongSupplier nanoTime) {
        this.random = random;
        this.nanoTime = nanoTime;
        this.placeSince = nanoTime.getAsLong() - PLACE_NANOS;
    }

    @Override
    public Mid get() {
        return new Mid(TEXT.encodeToString(placed()));
    }

    private synchronized byte[] placed() {
        long now = nanoTime.getAsLong();
        if (now - placeSince >= PLACE_NANOS) {
            random.nextBytes(place);
            placeSince = now;
        }
        byte[] placed = Arrays.copyOf(place, PLACE_BYTES + BYTES);
        System.arraycopy(bits(), 0, placed, PLACE_BYTES, BYTES);
        return placed;
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
