package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

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

    @ParameterizedTest(name = "§3 {0}: persistence, audience and urgency")
    @EnumSource(RuleId.class)
    void section3HasWhatTheRulesOfTheCodeDecide(RuleId id) {
        String[] cells = section("## 3\\. ")
                .lines()
                .filter(line -> line.startsWith("| " + id + " "))
                .findFirst()
                .orElseThrow()
                .split("\\|");
        List<Rule> rules =
                RoutingRules.rules().stream().filter(rule -> rule.id() == id).toList();

        assertThat(named(cells[3], Persistence.values()))
                .isEqualTo(rules.stream().map(Rule::persistence).collect(Collectors.toSet()));
        assertThat(named(cells[3], Audience.values()))
                .isEqualTo(
                        rules.stream().flatMap(rule -> rule.audience().stream()).collect(Collectors.toSet()));
        assertThat(named(cells[4], Urgency.values()))
                .isEqualTo(
                        rules.stream().flatMap(rule -> rule.urgency().stream()).collect(Collectors.toSet()));
        assertThat(cells[4].strip().equals("by payload"))
                .isEqualTo(rules.stream().allMatch(rule -> rule.urgency().isEmpty()));
    }

    @SafeVarargs
    private static <E extends Enum<E>> Set<E> named(String cell, E... values) {
        List<String> words = List.of(cell.split("[^A-Z_]+"));
        return Arrays.stream(values)
                .filter(value -> words.contains(value.name()))
                .collect(Collectors.toSet());
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
    void section7NamesTheSettingsThatTheCodeReads() throws IOException {
        assertThat(settingsRead())
                .isNotEmpty()
                .allSatisfy(key -> assertThat(section("## 7\\. ")).contains("`" + key + "`"));
    }

    @Test
    void theSettingsThatTheCodeDoesNotReadAreNamedAsSuch() throws IOException {
        Set<String> notRead = section("## 7\\. ")
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("`")[1])
                .collect(Collectors.toSet());
        notRead.removeAll(settingsRead());
        String note = section("## What has an effect today")
                .lines()
                .filter(line -> line.contains("not read yet"))
                .findFirst()
                .orElse("");

        assertThat(Pattern.compile("`([^`]+)`").matcher(note).results().map(found -> found.group(1)))
                .containsExactlyInAnyOrderElementsOf(notRead);
    }

    static Stream<Arguments> choices() {
        RuleSettings defaults = RuleSettings.defaults();
        return Stream.of(
                Arguments.of("rules.unknown-payload", defaults.unknownPayload()),
                Arguments.of("urgency.groupchat", defaults.groupchatUrgency()),
                Arguments.of("offline.quota-exceeded", defaults.quotaExceeded()),
                Arguments.of("archive.quota-reaction", defaults.archiveQuotaReaction()));
    }

    @ParameterizedTest(name = "§7 {0}: default and values")
    @MethodSource("choices")
    void section7HasDefaultsAndValuesOfTheCode(String key, Enum<?> normal) {
        String[] cells = settingRow(key);

        assertThat(cells[2].strip()).isEqualTo(word(normal));
        assertThat(cells[3])
                .startsWith(" "
                        + Arrays.stream(normal.getDeclaringClass().getEnumConstants())
                                .map(value -> word((Enum<?>) value))
                                .collect(Collectors.joining(" \u00b7 ")));
    }

    @Test
    void section7HasTheOtherDefaultsOfTheCode() {
        assertThat(settingRow("carbons.to-subscribed")[2].strip())
                .isEqualTo(String.valueOf(RuleSettings.defaults().carbonsToSubscribed()));
        assertThat(settingRow("offline.store-paths")[2].strip()).isEqualTo("empty");
        assertThat(RuleSettings.defaults().storePaths()).isEqualTo(StorePaths.NONE);
    }

    private String[] settingRow(String key) {
        return section("## 7\\. ")
                .lines()
                .filter(line -> line.startsWith("| `" + key + "`"))
                .findFirst()
                .orElseThrow()
                .split("\\|");
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** The keys of the rules' settings that stand in the code which reads Openfire's properties. */
    private static Set<String> settingsRead() throws IOException {
        Path code = Path.of("src", "main", "java", "org", "igniterealtime", "openfire", "plugin", "unifiedrouting");
        try (Stream<Path> files = Files.walk(code)) {
            Set<String> keys = new TreeSet<>();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                Pattern.compile("\"((?:rules|urgency|carbons|offline)\\.[a-z.-]+|archive\\.(?:quota[a-z.-]*|age))\"")
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(found -> keys.add(found.group(1)));
            }
            return keys;
        }
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
