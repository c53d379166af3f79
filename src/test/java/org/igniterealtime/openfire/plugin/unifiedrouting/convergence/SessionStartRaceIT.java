package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import static org.assertj.core.api.Assertions.assertThat;

import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code -Dstarts=1000} for more; see docs/development.md. */
class SessionStartRaceIT {

    private static final SessionStarts STARTS = SessionStarts.fromSystemProperties(200);

    @RegisterExtension
    static final OpenfireExtension openfire =
            OpenfireExtension.on(TestDatabase.HSQLDB).with(STARTS::withAccounts);

    @Test
    void nothingIsMissingAndNothingComesTwiceWhileMessagesPourIn() throws InterruptedException {
        SessionStarts.Result result = STARTS.play(openfire.server(), System.currentTimeMillis());
        System.out.println(result);
        assertThat(result.problems()).as(result.toString()).isEmpty();
        assertThat(result.toString()).contains("missing = 0, duplicated = 0, misplaced = 0");
        assertThat(result.starts()).isEqualTo(STARTS.count());
    }
}
