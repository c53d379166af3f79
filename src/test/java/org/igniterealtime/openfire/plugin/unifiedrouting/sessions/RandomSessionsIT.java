package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.stream.Collectors;
import org.igniterealtime.openfire.plugin.unifiedrouting.sessions.SequenceRun.Failure;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code -Dsession.seed=S -Dsession.sequences=1} plays again what failed; see docs/development.md. */
class RandomSessionsIT {

    private static final int SEQUENCES = 50;

    private static final SequenceRun RUN = SequenceRun.fromSystemProperties(1, SEQUENCES);

    @RegisterExtension
    static final OpenfireExtension openfire =
            OpenfireExtension.on(TestDatabase.HSQLDB).with(RUN::withAccounts);

    @Test
    void nothingIsLostNothingComesTwiceAndOrderIsKept() throws InterruptedException {
        List<Failure> failures = RUN.play(openfire.server());
        if (!failures.isEmpty()) {
            fail(failures.stream()
                    .map(failure -> "seed " + failure.seed() + "\n" + failure.report())
                    .collect(Collectors.joining(
                            "\n",
                            failures.size() + " of " + RUN.count() + " sequences failed, seeds "
                                    + failures.stream().map(Failure::seed).toList() + "\n",
                            "")));
        }
    }
}
