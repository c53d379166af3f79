package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportProgress;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportProgress.State;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportTally;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.RowOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImportPageTest {

    private final ImportPage page = new ImportPage(ConsoleTexts::of);

    @ParameterizedTest
    @EnumSource
    void eachStateHasItsWordsAndItsButton(State state) {
        Map<RowOutcome, Long> rows = new EnumMap<>(RowOutcome.class);
        for (RowOutcome outcome : RowOutcome.values()) {
            rows.put(outcome, 10L + outcome.ordinal());
        }

        String html = html(new ImportProgress(
                state, new ImportTally(rows, 99), Optional.of(Instant.EPOCH), 1234.4, Optional.of("<broken>")));

        boolean runs = state == State.RUNNING || state == State.WAITING;
        assertThat(html)
                .contains("<td>99</td>", "<td>108</td>", "<td>10</td>", "<td>17</td>", "1970-01-01T00:00:00Z")
                .contains(runs ? "value=\"stop\"" : "value=\"start\"");
        // That a table is missing is said by the state, and not by the database's words.
        assertThat(html.contains("&lt;broken&gt;")).isEqualTo(state != State.NOTHING_TO_IMPORT);
        assertThat(html.contains("http-equiv=\"refresh\"")).isEqualTo(runs);
        assertThat(html.contains("<td>1234</td>")).isEqualTo(runs);
    }

    @Test
    void whatIsNotThereIsNotShown() {
        String html =
                html(new ImportProgress(State.NOT_BEGUN, ImportTally.NONE, Optional.empty(), 0, Optional.empty()));

        assertThat(html).contains("id=\"imported\"").doesNotContain("id=\"room\"", "id=\"reached\"", "id=\"failure\"");
    }

    @Test
    void warnsOfArchivesThatHistoryFills() {
        ImportProgress progress =
                new ImportProgress(State.NOT_BEGUN, ImportTally.NONE, Optional.empty(), 0, Optional.empty());

        assertThat(page.render(progress, true, Optional.empty(), Map.of())).contains("jive-warning");
        assertThat(page.render(progress, false, Optional.empty(), Map.of())).doesNotContain("jive-warning");
    }

    private String html(ImportProgress progress) {
        return page.render(progress, false, Optional.empty(), Map.of());
    }
}
