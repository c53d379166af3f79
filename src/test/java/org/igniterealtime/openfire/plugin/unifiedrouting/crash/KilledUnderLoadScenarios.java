package org.igniterealtime.openfire.plugin.unifiedrouting.crash;

import static org.assertj.core.api.Assertions.assertThat;

import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.junit.jupiter.api.Test;

/** {@code -Dcrash.load.rounds=20} kills more often, {@code -Dcrash.seed=} sends the same again. */
abstract class KilledUnderLoadScenarios {

    private static final int ROUNDS = Integer.getInteger("crash.load.rounds", 1);

    abstract OpenfireExtension openfire();

    @Test
    void whatIsAcknowledgedIsInBothArchivesOnce() {
        CrashLoad.Result result = new CrashLoad(openfire().server(), CrashLoad.seed()).run(ROUNDS);
        System.out.println(result);
        assertThat(result.problems()).as(result.toString()).isEmpty();
        assertThat(result.acknowledged()).isPositive();
    }
}
