package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsAdministrationTest {

    private final Map<String, String> properties = new HashMap<>();
    private final List<String> writes = new ArrayList<>();
    private final List<String> logged = new ArrayList<>();
    private boolean isDatabaseReachable = true;
    private final SettingsAdministration settings = new SettingsAdministration(
            properties::get, this::write, () -> isDatabaseReachable, new SecurityLog(this::log));

    private void write(String property, String text) {
        writes.add(property.substring(Setting.PREFIX.length()) + '=' + text);
        if (text == null) {
            properties.remove(property);
        } else {
            properties.put(property, text);
        }
    }

    private void log(String who, String what, String details) {
        logged.add(who + ": " + details);
    }

    /** @param isDeletingAgreed whether to agree to what is asked */
    private SettingsChange change(Map<String, String> entered, boolean isDeletingAgreed) {
        SettingsChange first = settings.change(entered, Optional.empty(), "root");
        return isDeletingAgreed && first instanceof SettingsChange.Refused refused
                ? settings.change(entered, refused.agreement(), "root")
                : first;
    }

    @Test
    void allSettingsAreThereButTheOneThatDoesNothingYet() {
        List<String> read = new ArrayList<>();
        Settings.read(property -> {
            read.add(property);
            return null;
        });
        read.remove(Settings.GROUPCHAT_URGENCY.property());

        assertThat(shown()).extracting(view -> Setting.PREFIX + view.key()).containsExactlyInAnyOrderElementsOf(read);
        assertThat(shown()).allSatisfy(view -> {
            assertThat(view.text()).isEqualTo(view.normal()).isEqualTo(view.inForce());
            assertThat(view.mistake()).isEmpty();
        });
    }

    @Test
    void aStoredMistakeIsShownWithWhatIsInForce() {
        stored("offline.pair-limit", "many");
        stored("offline.store-paths", "/message/received,-message");
        stored("archive.default", " Roster ");

        SettingView limit = shown("offline.pair-limit");
        assertThat(limit.text()).isEqualTo("many");
        assertThat(limit.inForce()).isEqualTo("100");
        assertThat(limit.mistake()).contains("not a number from 0 to 1000000");
        assertThat(shown("offline.store-paths").mistake())
                .hasValueSatisfying(mistake -> assertThat(mistake).contains("at character 20,"));
        assertThat(shown("archive.default").text()).isEqualTo("roster");
        assertThat(settings.mistaken())
                .containsExactly(Setting.PREFIX + "offline.pair-limit", Setting.PREFIX + "offline.store-paths");
    }

    @Test
    void whatIsChangedIsWrittenAndNothingElse() {
        stored("archive.wait", "20");
        stored("mam.max-page", "300");

        SettingsChange change = change(
                Map.of(
                        "archive.wait", "20",
                        "mam.max-page", " 0100 ",
                        "offline.pair-limit", "100",
                        "offline.enabled", "false",
                        "no.setting", "1"),
                false);

        assertThat(change).isEqualTo(new SettingsChange.Done(false));
        assertThat(logged)
                .containsExactly("root: " + Setting.PREFIX + "offline.enabled: (default) -> false\n" + Setting.PREFIX
                        + "mam.max-page: 300 -> 100");
        assertThat(writes).containsExactly("offline.enabled=false", "mam.max-page=100");
    }

    @Test
    void aSecurityLogThatFailsHindersNothing() {
        SettingsAdministration changing = new SettingsAdministration(
                properties::get, this::write, () -> true, new SecurityLog((who, what, details) -> {
                    throw new IllegalStateException("full");
                }));

        assertThat(changing.change(Map.of("mam.max-page", "9"), Optional.empty(), "root"))
                .isInstanceOf(SettingsChange.Done.class);

        assertThat(writes).containsExactly("mam.max-page=9");
    }

    @ParameterizedTest
    @CsvSource({"'', 300", "' ', 300", "250, 300", "'', 250", "250, 250"})
    void theDefaultIsNotKept(String text, String before) {
        stored("mam.max-page", before);

        assertThat(change(Map.of("mam.max-page", text), false)).isInstanceOf(SettingsChange.Done.class);

        assertThat(properties).isEmpty();
    }

    @Test
    void aStoredMistakeIsRemovedByAnyTextThatIsRight() {
        stored("offline.enabled", "maybe");

        change(Map.of("offline.enabled", "true"), false);

        assertThat(properties).isEmpty();
    }

    @Test
    void ofAFormWithAMistakeNothingIsWritten() {
        SettingsChange change = change(
                Map.of("offline.enabled", "false", "archive.quota-bytes", "100 MB", "offline.store-paths", "/iq"),
                true);

        SettingsChange.Refused refused = (SettingsChange.Refused) change;
        assertThat(refused.reason()).isEqualTo(SettingsChange.Reason.MISTAKES);
        assertThat(entered(refused, "archive.quota-bytes").mistake())
                .contains("not 0 or a number from 10000 to 1000000000000000");
        assertThat(entered(refused, "archive.quota-bytes").text()).isEqualTo("100 MB");
        assertThat(entered(refused, "archive.quota-bytes").inForce()).isEqualTo("0");
        assertThat(entered(refused, "offline.store-paths").mistake())
                .hasValueSatisfying(mistake -> assertThat(mistake).contains("at character 2,"));
        assertThat(entered(refused, "offline.enabled").text()).isEqualTo("false");
        assertThat(entered(refused, "offline.enabled").mistake()).isEmpty();
        assertThat(writes).isEmpty();
    }

    @Test
    void aListThatThePropertyHasNoRoomForIsRefused() {
        String list = "/message/abc,".repeat(229) + "/message/abcdefghijklmn";
        assertThat(list).hasSize(3000);
        assertThat(change(Map.of("offline.store-paths", list), false)).isInstanceOf(SettingsChange.Done.class);

        SettingsChange change = change(Map.of("offline.store-paths", list + "n"), false);

        assertThat(entered((SettingsChange.Refused) change, "offline.store-paths")
                        .mistake())
                .contains("longer than 3000 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "archive.age, 0, 30, true",
        "archive.age, 30, 29, true",
        "archive.age, 30, 31, false",
        "archive.age, 30, 0, false",
        "archive.quota-messages, 0, 1000, true",
        "archive.quota-messages, 1000, 999, true",
        "archive.quota-messages, 1000, 1001, false",
        "archive.quota-messages, 1000, 0, false",
        "archive.quota-bytes, 0, 10000, true",
        "archive.quota-bytes, 20000, 30000, false",
        "offline.pair-limit, 100, 1, false",
    })
    void whatDeletesMessagesHasToBeAgreedTo(String key, String before, String after, boolean deletes) {
        stored(key, before);

        SettingsChange change = change(Map.of(key, after), false);

        if (deletes) {
            assertThat(((SettingsChange.Refused) change).reason()).isEqualTo(SettingsChange.Reason.DELETES);
            assertThat(entered((SettingsChange.Refused) change, key).text()).isEqualTo(after);
            assertThat(writes).isEmpty();
            assertThat(change(Map.of(key, after), true)).isInstanceOf(SettingsChange.Done.class);
        }
        assertThat(writes).hasSize(1);
    }

    @Test
    void whoAgreesToAYearHasNotAgreedToADay() {
        SettingsChange.Refused year = (SettingsChange.Refused) change(Map.of("archive.age", "365"), false);

        SettingsChange day = settings.change(Map.of("archive.age", "1"), year.agreement(), "root");
        SettingsChange more =
                settings.change(Map.of("archive.age", "365", "archive.quota-messages", "5"), year.agreement(), "root");

        assertThat(((SettingsChange.Refused) day).agreement()).isPresent().isNotEqualTo(year.agreement());
        assertThat(more).isInstanceOf(SettingsChange.Refused.class);
        assertThat(writes).isEmpty();
        assertThat(settings.change(Map.of("archive.age", "365"), year.agreement(), "root"))
                .isInstanceOf(SettingsChange.Done.class);
    }

    @Test
    void aQuotaThatRefusesDeletesNothingAndNotOnTheWayEither() {
        Map<String, String> lower = Map.of("archive.quota-messages", "10", "archive.quota-reaction", "error");

        assertThat(change(lower, false)).isInstanceOf(SettingsChange.Done.class);

        assertThat(writes).containsExactly("archive.quota-reaction=error", "archive.quota-messages=10");
    }

    @Test
    void aQuotaThatBeginsToDeleteDoesSoWhenItIsWhatItShallBe() {
        stored("archive.quota-messages", "10");
        stored("archive.quota-reaction", "error");
        Map<String, String> trimming = Map.of("archive.quota-messages", "1000", "archive.quota-reaction", "trim");

        assertThat(change(trimming, false))
                .isInstanceOfSatisfying(
                        SettingsChange.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(SettingsChange.Reason.DELETES));
        assertThat(change(trimming, true)).isInstanceOf(SettingsChange.Done.class);

        assertThat(writes).containsExactly("archive.quota-messages=1000", "archive.quota-reaction=null");
    }

    @Test
    void withoutADatabaseNothingIsChanged() {
        isDatabaseReachable = false;

        SettingsChange change = change(Map.of("offline.pair-limit", "5"), false);

        assertThat(((SettingsChange.Refused) change).reason()).isEqualTo(SettingsChange.Reason.DATABASE);
        assertThat(writes).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "archive.wait, 20, true",
        "archive.durable, false, true",
        "mam.serve, never, true",
        "mam.max-page, 9, false"
    })
    void itIsSaidWhatWaitsForThePluginToBeLoaded(String key, String text, boolean waits) {
        SettingsChange change = change(Map.of(key, text), false);

        assertThat(((SettingsChange.Done) change).isAnyReadAtLoad()).isEqualTo(waits);
        assertThat(shown(key).isReadAtLoad()).isEqualTo(waits);
    }

    private void stored(String key, String text) {
        properties.put(Setting.PREFIX + key, text);
    }

    private List<SettingView> shown() {
        return flat(settings.view()).toList();
    }

    private SettingView shown(String key) {
        return named(flat(settings.view()), key);
    }

    private static SettingView entered(SettingsChange.Refused refused, String key) {
        return named(flat(refused.entered()), key);
    }

    private static Stream<SettingView> flat(List<SettingGroup> groups) {
        return groups.stream().flatMap(group -> group.settings().stream());
    }

    private static SettingView named(Stream<SettingView> views, String key) {
        return views.filter(view -> view.key().equals(key)).findFirst().orElseThrow();
    }
}
