package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When acknowledgements leave that the server has made. */
class HeldAcknowledgementsTest {

    private final FakeProgress writer = new FakeProgress();
    private final List<String> left = new CopyOnWriteArrayList<>();
    private final HeldAcknowledgements acknowledgements = new HeldAcknowledgements(writer);

    @BeforeEach
    void start() {
        acknowledgements.start();
    }

    @AfterEach
    void close() {
        writer.settleUpTo(Long.MAX_VALUE);
        acknowledgements.close();
    }

    @Test
    void nothingWaitsWhereNothingIsUnderWay() {
        writer.hand();
        writer.settleUpTo(1);
        assertThat(hold("1")).isFalse();
    }

    @Test
    void eachWaitsForWhatWasHandedOverBeforeAndForNothingElse() {
        writer.hand();
        assertThat(hold("1")).isTrue();
        writer.hand();
        assertThat(hold("2")).isTrue();
        writer.hand();
        await().until(() -> writer.waits() > 0);
        assertThat(left).isEmpty();
        writer.settleUpTo(1);
        await().untilAsserted(() -> assertThat(left).containsExactly("1"));
        writer.settleUpTo(2);
        await().untilAsserted(() -> assertThat(left).containsExactly("1", "2"));
    }

    @Test
    void nothingOvertakesWhatIsAboutToLeave() {
        CountDownLatch slow = new CountDownLatch(1);
        writer.hand();
        acknowledgements.hold(() -> {
            await().until(() -> slow.getCount() == 0);
            left.add("1");
        });
        writer.settleUpTo(1);
        assertThat(hold("2")).as("though all is settled").isTrue();
        slow.countDown();
        await().untilAsserted(() -> assertThat(left).containsExactly("1", "2"));
    }

    @Test
    void orderIsKeptWhoeverSettles() {
        List<String> numbers = IntStream.range(0, 500).mapToObj(String::valueOf).toList();
        for (String number : numbers) {
            writer.hand();
            if (!hold(number)) {
                left.add(number);
            }
            if (number.endsWith("7")) {
                writer.settleUpTo(writer.handedOver());
            }
        }
        writer.settleUpTo(writer.handedOver());
        await().untilAsserted(() -> assertThat(left).isEqualTo(numbers));
    }

    @Test
    void oneThatCannotBeWrittenHoldsUpNoOther() {
        writer.hand();
        acknowledgements.hold(() -> {
            throw new IllegalStateException("closed");
        });
        hold("2");
        writer.settleUpTo(1);
        await().untilAsserted(() -> assertThat(left).containsExactly("2"));
    }

    @Test
    void whoSettlesFindsThemGone() throws InterruptedException {
        writer.hand();
        hold("1");
        Thread other = new Thread(() -> {
            acknowledgements.settle();
            left.add("settled");
        });
        other.start();
        assertThat(left).isEmpty();
        writer.settleUpTo(1);
        other.join(5_000);
        assertThat(left).containsExactly("1", "settled");
    }

    @Test
    void theyLeaveThoughTheDatabaseIsSilent() {
        writer.hand();
        hold("1");
        writer.fallSilent();
        await().untilAsserted(() -> assertThat(left).containsExactly("1"));
        acknowledgements.settle();
    }

    @Test
    void nothingIsHeldAnyMoreAfterwards() {
        writer.hand();
        hold("1");
        writer.settleUpTo(1);
        acknowledgements.close();
        assertThat(left).containsExactly("1");
        writer.hand();
        assertThat(hold("2")).isFalse();
    }

    private boolean hold(String name) {
        return acknowledgements.hold(() -> left.add(name));
    }
}
