package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import static org.assertj.core.api.Assertions.assertThat;

import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code -Dstarts=1000} for more, {@code -Dstarts.seed=S} for the same again; see docs/development.md. */
class SessionStartRaceIT {

    private static final SessionStarts STARTS = SessionStarts.fromSystemProperties(200);

    @RegisterExtension
    static final OpenfireExtension openfire =
            OpenfireExtension.on(TestDatabase.HSQLDB).with(STARTS::withAccounts);

    @Test
    void nothingIsMissingAndNothingComesTwiceWhileMessagesPourIn() throws InterruptedException {
        System.out.println("Session starts of seed " + STARTS.seed());
        SessionStarts.Result result = STARTS.play(openfire.server());
        System.out.println(result);
        assertThat(result.problems()).as(result.toString()).isEmpty();
        assertThat(result.toString()).contains("missing = 0, duplicated = 0, misplaced = 0");
        // Nothing fails here, so that all that came live is in the archive.
        assertThat(result.unarchived()).as(result.toString()).isZero();
        assertThat(result.starts()).isEqualTo(STARTS.count());
    }
}
