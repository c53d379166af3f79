package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RandomMidsTest {

    private static final int PLACE = 4;
    private static final int LENGTH = 26;

    private final AtomicLong now = new AtomicLong(-TimeUnit.SECONDS.toNanos(2));
    private final RandomMids mids = new RandomMids(new SecureRandom(), now::get);

    @Test
    void noMidIsGivenTwice() {
        Set<String> given = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
            String mid = mids.get().value();
            assertThat(given.add(mid)).isTrue();
            assertThat(mid).hasSize(LENGTH).matches("[A-Za-z0-9_-]+");
        }
    }

    @Test
    void whatIsMadeWithinOneSecondStandsTogether() {
        String place = placeOf(mids.get());
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(999));
        assertThat(placeOf(mids.get())).isEqualTo(place);
    }

    @Test
    void theNextSecondIsElsewhere() {
        Set<String> places = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            places.add(placeOf(mids.get()));
            now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        }
        assertThat(places).hasSizeGreaterThan(95);
    }

    /** Of the 128 bits behind the place, none is always the same. */
    @Test
    void theRestIsRandomInEachBit() {
        byte[] ones = new byte[19];
        byte[] zeros = new byte[19];
        for (int i = 0; i < 1_000; i++) {
            byte[] bits = Base64.getUrlDecoder().decode(mids.get().value());
            for (int j = 3; j < bits.length; j++) {
                ones[j] |= bits[j];
                zeros[j] |= (byte) ~bits[j];
            }
        }
        for (int j = 3; j < ones.length; j++) {
            assertThat(ones[j] & zeros[j]).as("byte " + j).isEqualTo(-1);
        }
    }

    private static String placeOf(Mid mid) {
        return mid.value().substring(0, PLACE);
    }
}
