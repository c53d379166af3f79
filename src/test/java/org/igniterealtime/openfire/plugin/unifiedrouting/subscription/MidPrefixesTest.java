package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xmpp.packet.JID;

/** PROTOCOL section 3: predicting the id of a sent message. */
class MidPrefixesTest {

    private static final SessionKey ORCHARD = new SessionKey(new JID("romeo@verona.example/orchard"), "s1");

    private final AtomicInteger secrets = new AtomicInteger();
    private final MidPrefixes prefixes = new MidPrefixes(() -> "secret" + secrets.incrementAndGet());

    @Test
    void aSessionKeepsItsPrefix() {
        assertThat(prefixes.prefixOf(ORCHARD)).isEqualTo("secret1").isEqualTo(prefixes.prefixOf(ORCHARD));
    }

    @Test
    void whoHasNotAskedHasNoPrediction() {
        assertThat(prefixes.midFor(ORCHARD, "a1")).isEmpty();
    }

    @Test
    void theMidIsPrefixDotId() {
        prefixes.prefixOf(ORCHARD);
        assertThat(prefixes.midFor(ORCHARD, "a1")).contains(new Mid("secret1.a1"));
        assertThat(prefixes.midFor(ORCHARD, "x".repeat(64))).contains(new Mid("secret1." + "x".repeat(64)));
    }

    @Test
    void anIdIsUsedOnce() {
        prefixes.prefixOf(ORCHARD);
        assertThat(prefixes.midFor(ORCHARD, "a1")).isPresent();
        assertThat(prefixes.midFor(ORCHARD, "a1")).isEmpty();
        assertThat(prefixes.midFor(ORCHARD, "a2")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "tab\tbed", "ünïcode", "del\u007f", "new\nline", "\ud83d\ude00"})
    void hostileIdsMakeNoMid(String id) {
        prefixes.prefixOf(ORCHARD);
        assertThat(prefixes.midFor(ORCHARD, id)).isEmpty();
    }

    @Test
    void longIdsAndNoIdMakeNoMid() {
        prefixes.prefixOf(ORCHARD);
        assertThat(prefixes.midFor(ORCHARD, "x".repeat(65))).isEmpty();
        assertThat(prefixes.midFor(ORCHARD, null)).isEmpty();
    }

    @Test
    void anotherSessionOfTheAddressHasAnotherPrefix() {
        prefixes.prefixOf(ORCHARD);
        SessionKey again = new SessionKey(ORCHARD.jid(), "s2");
        assertThat(prefixes.midFor(again, "a1")).isEmpty();
        assertThat(prefixes.prefixOf(again)).isEqualTo("secret2");
        assertThat(prefixes.midFor(ORCHARD, "a1")).isEmpty();
        prefixes.ended(ORCHARD);
        assertThat(prefixes.prefixOf(again)).isEqualTo("secret2");
        prefixes.ended(again);
        assertThat(prefixes.midFor(again, "a1")).isEmpty();
    }

    @Test
    void thePrefixOfASessionThatWasReplacedIsForgotten() {
        prefixes.prefixOf(ORCHARD);
        prefixes.replaced(ORCHARD);
        assertThat(prefixes.find(ORCHARD)).isPresent();
        prefixes.replaced(new SessionKey(ORCHARD.jid(), "s2"));
        assertThat(prefixes.find(ORCHARD)).isEmpty();
    }

    @Test
    void memoryOfOneSessionIsBounded() {
        prefixes.prefixOf(ORCHARD);
        int predicted = 0;
        for (int i = 0; i < MidPrefixes.MAX_USED + 10; i++) {
            predicted += prefixes.midFor(ORCHARD, "id-" + i).isPresent() ? 1 : 0;
        }
        assertThat(predicted).isEqualTo(MidPrefixes.MAX_USED);
    }

    @Test
    void theSetOfNumbersIsASet() {
        Random random = new Random(7);
        Set<Long> expected = new HashSet<>();
        LongHashSet set = new LongHashSet();
        for (int i = 0; i < 20_000; i++) {
            long number = random.nextInt(3) == 0 ? random.nextInt(50) : random.nextLong();
            // 0 and 1 are one number to it.
            number = number == 0 ? 1 : number;
            assertThat(set.add(number)).isEqualTo(expected.add(number));
        }
        assertThat(set.size()).isEqualTo(expected.size());
    }
}
