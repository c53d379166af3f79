package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** User names may have characters that mean something in a pattern. */
class LikePatternTest {

    @ParameterizedTest
    @EnumSource
    void whatMeansSomethingEverywhereIsTakenLiterally(SqlDialect dialect) {
        assertThat(JdbcArchiveStore.literally(dialect, "50%_of!it\\")).isEqualTo("50!%!_of!!it\\");
    }

    /** Oracle takes it for an error to escape what means nothing. */
    @ParameterizedTest
    @EnumSource
    void aBracketBeginsASetOfCharactersOnSqlServerOnly(SqlDialect dialect) {
        assertThat(JdbcArchiveStore.literally(dialect, "[a-c]romeo^"))
                .isEqualTo(dialect == SqlDialect.SQLSERVER ? "![a-c]romeo^" : "[a-c]romeo^");
    }
}
