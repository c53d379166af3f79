package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Quota;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.WriterLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.ArchiveQuotaReaction;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.QuotaExceeded;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.PageSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    @Test
    void defaultsAreInForceWhereNothingIsSet() {
        assertThat(Settings.read(key -> null))
                .isEqualTo(new Settings(
                        true,
                        Settings.Serve.AUTO,
                        WriterLimits.defaults(),
                        new PageSize(50, 250, 1 << 20),
                        ArchivePreferences.Default.ALWAYS,
                        Quota.NONE,
                        Optional.empty(),
                        true,
                        new OfflineLimits(new OfflineLimit(100), false, new OfflineLimit(10_000)),
                        Duration.ofDays(90),
                        RuleSettings.defaults()));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "300, 300", "' 20 ', 20", "0, 10", "301, 10", "-5, 10", "ten, 10", "'', 10", "99999999999, 10"})
    void theWaitHasARange(String text, long seconds) {
        assertThat(with("archive.wait", text).writer().patience()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "49, 49, 49",
        "51, 50, 51",
        "10000, 50, 10000",
        "0, 50, 250",
        "10001, 50, 250",
        "all, 50, 250"
    })
    void theLargestPageHasARangeAndBoundsTheNormalOne(String text, int normal, int largest) {
        assertThat(with("mam.max-page", text).pages()).isEqualTo(new PageSize(normal, largest, 1 << 20));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "TRUE, true", "' false ', false", "False, false", "no, true", "ture, true", "'', true"})
    void durabilityIsNotLostByAMisspeltWord(String text, boolean durable) {
        assertThat(with("archive.durable", text).durable()).isEqualTo(durable);
    }

    @ParameterizedTest
    @CsvSource({"always, ALWAYS", "Never, NEVER", "' roster ', ROSTER", "sometimes, ALWAYS", "'', ALWAYS"})
    void theDefaultPreferenceIsOneOfThree(String text, ArchivePreferences.Default expected) {
        assertThat(with("archive.default", text).archiveDefault()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "quota-messages, 0, ANY",
        "quota-messages, 1, 1",
        "quota-messages, 1000000000, 1000000000",
        "quota-messages, 1000000001, ANY",
        "quota-messages, -1, ANY",
        "quota-messages, many, ANY",
        "quota-bytes, 0, ANY",
        "quota-bytes, 10000, 10000",
        "quota-bytes, 1000000000000000, 1000000000000000",
        "quota-bytes, 9999, ANY",
        "quota-bytes, 100 MB, ANY",
    })
    void aQuotaOutOfRangeDeletesNothing(String key, String text, String limit) {
        Quota quota = with("archive." + key, text).quota();
        long expected = limit.equals("ANY") ? Quota.ANY : Long.parseLong(limit);
        assertThat(quota)
                .isEqualTo(
                        key.endsWith("bytes")
                                ? new Quota(Quota.ANY, expected, ArchiveQuotaReaction.TRIM)
                                : new Quota(expected, Quota.ANY, ArchiveQuotaReaction.TRIM));
    }

    @Test
    void theQuotasReactionIsTheRulesAsWell() {
        Settings settings = with("archive.quota-reaction", "Error");
        assertThat(settings.quota().reaction()).isEqualTo(ArchiveQuotaReaction.ERROR);
        assertThat(settings.rules().archiveQuotaReaction()).isEqualTo(ArchiveQuotaReaction.ERROR);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "36500, 36500", "0, 0", "36501, 0", "-1, 0", "30d, 0"})
    void anAgeOutOfRangeDeletesNothing(String text, long days) {
        assertThat(with("archive.age", text).age())
                .isEqualTo(days == 0 ? Optional.empty() : Optional.of(Duration.ofDays(days)));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "False, false", "off, true", "'', true"})
    void messagesAreKeptUnlessItIsSaidOtherwise(String text, boolean kept) {
        assertThat(with("offline.enabled", text).offline()).isEqualTo(kept);
    }

    @ParameterizedTest
    @CsvSource({
        "0, NONE",
        "1, 1",
        "1000000, 1000000",
        "1000001, 100",
        "-1, 100",
        "false, 100",
        "'', 100",
    })
    void aLimitOutOfRangeIsTheNormalOne(String text, String limit) {
        assertThat(with("offline.pair-limit", text).limits().pairLimit()).isEqualTo(limit(limit));
    }

    @ParameterizedTest
    @CsvSource({
        "0, NONE",
        "1, 1",
        "1000000, 1000000",
        "1000001, 10000",
        "-1, 10000",
        "false, 10000",
    })
    void accountsMaySetNoMoreThanTheNormalMaximumWhereItIsOutOfRange(String text, String limit) {
        assertThat(with("offline.user-limit.max", text).limits().largestOwn()).isEqualTo(limit(limit));
    }

    private static OfflineLimit limit(String text) {
        return text.equals("NONE") ? OfflineLimit.NONE : new OfflineLimit(Integer.parseInt(text));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "yes, false"})
    void accountsSetLimitsOnlyWhereItIsSaidSo(String text, boolean allowed) {
        assertThat(with("offline.user-limit.enabled", text).limits().ownAllowed())
                .isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({"error, ERROR", "Drop, DROP", "bounce, ERROR"})
    void theSenderIsToldUnlessItIsSaidOtherwise(String text, QuotaExceeded expected) {
        assertThat(with("offline.quota-exceeded", text).rules().quotaExceeded()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "36500, 36500", "0, 90", "36501, 90", "90d, 90"})
    void theAgeOfAnAccountThatReadsItsArchiveHasARange(String text, long days) {
        assertThat(with("mam.account-age", text).mamAccountAge()).isEqualTo(Duration.ofDays(days));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "0, true"})
    void subscribedSessionsGetCarbonsUnlessItIsSaidOtherwise(String text, boolean expected) {
        assertThat(with("carbons.to-subscribed", text).rules().carbonsToSubscribed())
                .isEqualTo(expected);
    }

    @Test
    void theReadmesHaveEachSettingOnce() throws IOException {
        List<String> read = new ArrayList<>();
        Settings.read(key -> {
            read.add(key);
            return null;
        });
        Map<String, String> keys =
                Map.of("README.md", "^\\| `([^`]+)`", "readme.html", "<td><code>([^<]+)</code></td>");
        for (Map.Entry<String, String> file : keys.entrySet()) {
            List<String> described = Files.readAllLines(Path.of(file.getKey())).stream()
                    .map(Pattern.compile(file.getValue())::matcher)
                    .filter(Matcher::find)
                    .map(row -> row.group(1))
                    .filter(key -> key.startsWith(Setting.PREFIX))
                    .toList();
            assertThat(described).as(file.getKey()).containsExactlyInAnyOrderElementsOf(read);
        }
    }

    @Test
    void storePathsThatDoNotParseAreIgnoredAsAWhole() {
        assertThat(with("offline.store-paths", "/message/received,-/message/plain")
                        .rules()
                        .storePaths()
                        .paths())
                .hasSize(2);
        assertThat(with("offline.store-paths", "/message/received,-message").rules())
                .isEqualTo(RuleSettings.defaults());
    }

    private static Settings with(String key, String value) {
        return Settings.read(Map.of(Setting.PREFIX + key, value)::get);
    }
}
