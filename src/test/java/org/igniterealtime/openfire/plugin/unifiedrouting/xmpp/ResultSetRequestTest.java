package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.xml;

import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xmpp.packet.PacketError;

/** PROTOCOL section 5 and XEP-0059. */
class ResultSetRequestTest {

    private static final long BYTES = 100_000;
    private static final PageSize LIMITS = new PageSize(50, 250, BYTES);

    @Test
    void withoutASetTheFirstPageIsMeant() {
        assertThat(ResultSetRequest.read(xml("<query/>"), LIMITS))
                .isEqualTo(Paging.fromStart(50).within(BYTES));
        assertThat(read("")).isEqualTo(Paging.fromStart(50).within(BYTES));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "250, 250", "251, 250", "2147483647, 250", "' 7 ', 7", "'', 50"})
    void aPageHoldsWhatIsAskedForUpToTheLimit(String max, int size) {
        assertThat(read("<max>" + max + "</max>").max()).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "many", "1.5", "2147483648"})
    void whatIsNoSizeIsABadRequest(String max) {
        assertThat(refusal("<max>" + max + "</max>")).isEqualTo(PacketError.Condition.bad_request);
    }

    @Test
    void afterGoesForwards() {
        assertThat(read("<max>5</max><after>m1</after>"))
                .isEqualTo(Paging.after(new Mid("m1"), 5).within(BYTES));
        assertThat(read("<after/>"))
                .as("XEP-0059: the first page")
                .isEqualTo(Paging.fromStart(50).within(BYTES));
    }

    @Test
    void beforeGoesBackwards() {
        assertThat(read("<max>5</max><before>m1</before>"))
                .isEqualTo(Paging.before(new Mid("m1"), 5).within(BYTES));
        assertThat(read("<before/>"))
                .as("XEP-0059 §2.5: the last page")
                .isEqualTo(Paging.fromEnd(50).within(BYTES));
    }

    @Test
    void bothBoundsMayBeGiven() {
        assertThat(read("<after>m1</after><before>m9</before>"))
                .isEqualTo(new Paging(50, BYTES, true, Optional.of(new Mid("m1")), Optional.of(new Mid("m9"))));
        assertThat(read("<after>m1</after><before/>"))
                .isEqualTo(new Paging(50, BYTES, true, Optional.of(new Mid("m1")), Optional.empty()));
    }

    @Test
    void anIdThatNoMessageCanHaveIsNotFound() {
        assertThat(refusal("<after>" + "x".repeat(129) + "</after>")).isEqualTo(PacketError.Condition.item_not_found);
        assertThat(refusal("<before>" + "x".repeat(129) + "</before>")).isEqualTo(PacketError.Condition.item_not_found);
    }

    @Test
    void anIndexIsNotUnderstood() {
        assertThat(refusal("<index>0</index>")).isEqualTo(PacketError.Condition.feature_not_implemented);
    }

    private static Paging read(String set) {
        return ResultSetRequest.read(
                xml("<query><set xmlns='http://jabber.org/protocol/rsm'>" + set + "</set></query>"), LIMITS);
    }

    private static PacketError.Condition refusal(String set) {
        return Assertions.catchThrowableOfType(StanzaError.class, () -> read(set))
                .error()
                .getCondition();
    }
}
