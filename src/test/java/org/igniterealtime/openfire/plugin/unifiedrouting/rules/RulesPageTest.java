package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code docs/routing-rules.md} and the code say the same. */
class RulesPageTest {

    private String page;

    @BeforeEach
    void readPage() throws IOException {
        page = Files.readString(Path.of("docs", "routing-rules.md"));
    }

    @Test
    void section3HasTheRulesOfTheCodeInTheirOrder() {
        assertThat(rowsOf("## 3\\. "))
                .isEqualTo(Arrays.stream(RuleId.values())
                        .map(rule -> rule.name() + " " + rule.title())
                        .toList());
    }

    @Test
    void theListOfRulesIsInOrderAndComplete() {
        List<RuleId> ids = RoutingRules.rules().stream().map(Rule::id).toList();

        assertThat(ids).isSorted();
        assertThat(ids).containsAll(List.of(RuleId.values()));
    }

    @Test
    void section2NamesEveryPartOfAVerdict() {
        List<Enum<?>> parts = List.of(
                Persistence.ARCHIVED,
                Persistence.OFFLINE_ONLY,
                Persistence.TRANSIENT,
                Urgency.URGENT,
                Urgency.DEFERRABLE,
                Audience.ALL_CLIENTS,
                Audience.ONE_CLIENT,
                Audience.NO_CLIENT);

        assertThat(section("## 2\\. ")).contains(parts.stream().map(Enum::name).toList());
    }

    @Test
    void section5NamesEveryErrorOfTheCode() {
        for (SenderOutcome outcome : SenderOutcome.values()) {
            outcome.error().ifPresent(error -> assertThat(section("## 5\\. ")).contains("`" + error.condition() + "`"));
        }
    }

    @Test
    void section7NamesTheSettingsOfTheCode() {
        assertThat(page)
                .contains(
                        "`rules.unknown-payload`",
                        "`urgency.groupchat=",
                        "`carbons.to-subscribed=",
                        "`archive.quota-reaction`",
                        "`offline.quota-exceeded`",
                        "`offline.store-paths`");
    }

    /** The first cells of a section's table, its head left out. */
    private List<String> rowsOf(String heading) {
        return section(heading)
                .lines()
                .filter(line -> line.startsWith("| R"))
                .map(line -> line.split("\\|")[1].strip())
                .toList();
    }

    private String section(String heading) {
        String[] parts = Pattern.compile("^(?=## )", Pattern.MULTILINE).split(page);
        return Arrays.stream(parts)
                .filter(part -> part.matches("(?s)" + heading + ".*"))
                .findFirst()
                .orElse("");
    }
}
