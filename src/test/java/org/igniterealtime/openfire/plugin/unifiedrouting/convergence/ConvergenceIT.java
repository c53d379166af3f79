package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.stream.Collectors;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code -Dconvergence.seed=S -Dconvergence.runs=1} plays again what failed; see docs/development.md. */
class ConvergenceIT {

    private static final Convergence RUNS = Convergence.fromSystemProperties(1, 20);

    @RegisterExtension
    static final OpenfireExtension openfire =
            OpenfireExtension.on(TestDatabase.HSQLDB).with(RUNS::withAccounts);

    @Test
    void everyHistoryEqualsTheArchive() throws InterruptedException {
        List<Convergence.Failure> failures = RUNS.play(openfire.server());
        if (!failures.isEmpty()) {
            fail(failures.stream()
                    .map(failure -> "seed " + failure.seed() + "\n" + failure.report())
                    .collect(Collectors.joining(
                            "\n",
                            failures.size() + " of " + RUNS.count() + " runs failed, seeds "
                                    + failures.stream()
                                            .map(Convergence.Failure::seed)
                                            .toList() + "\n",
                            "")));
        }
    }
}
