package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** ROUTING-RULES section 7: offline.pair-limit and offline.user-limit. */
class OfflineLimitsTest {

    private static final OfflineLimit HUNDRED = new OfflineLimit(100);
    private static final OfflineLimit THOUSAND = new OfflineLimit(1000);

    @Test
    void anAccountsOwnLimitHoldsOnlyWhereAccountsMaySetOne() {
        Optional<OfflineLimit> own = Optional.of(new OfflineLimit(7));
        assertThat(new OfflineLimits(HUNDRED, true, THOUSAND).inForce(own)).isEqualTo(new OfflineLimit(7));
        assertThat(new OfflineLimits(HUNDRED, false, THOUSAND).inForce(own)).isEqualTo(HUNDRED);
        assertThat(new OfflineLimits(HUNDRED, true, THOUSAND).inForce(Optional.empty()))
                .isEqualTo(HUNDRED);
    }

    @Test
    void nothingAtAllIsALimitToo() {
        assertThat(new OfflineLimits(HUNDRED, true, THOUSAND).inForce(Optional.of(new OfflineLimit(0))))
                .isEqualTo(new OfflineLimit(0));
    }

    @Test
    void theLargestLimitIsAllowedAndNoLargerOne() {
        OfflineLimits limits = new OfflineLimits(HUNDRED, true, THOUSAND);
        assertThat(limits.allows(THOUSAND)).isTrue();
        assertThat(limits.allows(new OfflineLimit(1001))).isFalse();
        assertThat(limits.allows(OfflineLimit.NONE)).isFalse();
        assertThat(new OfflineLimits(HUNDRED, false, THOUSAND).allows(HUNDRED)).isFalse();
    }

    @Test
    void noLimitIsAllowedOnlyWhereThereIsNoLargestOne() {
        OfflineLimits limits = new OfflineLimits(HUNDRED, true, OfflineLimit.NONE);
        assertThat(limits.allows(OfflineLimit.NONE)).isTrue();
        assertThat(limits.inForce(Optional.of(OfflineLimit.NONE)).isNone()).isTrue();
    }

    @Test
    void whatWasSetBeforeTheMaximumWasLoweredIsCut() {
        assertThat(new OfflineLimits(HUNDRED, true, THOUSAND).inForce(Optional.of(OfflineLimit.NONE)))
                .isEqualTo(THOUSAND);
    }

    @Test
    void aLimitIsNotNegative() {
        assertThatThrownBy(() -> new OfflineLimit(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
