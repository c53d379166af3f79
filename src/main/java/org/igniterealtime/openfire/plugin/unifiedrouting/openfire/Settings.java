package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Quota;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.WriterLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.ArchiveQuotaReaction;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.GroupchatUrgency;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.StorePaths;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.UnknownPayload;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.PageSize;
import org.jivesoftware.util.JiveGlobals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugin's settings, read from Openfire's properties under {@value #PREFIX}. A value out of its range is reported
 * and the default is in force.
 *
 * @param durable {@code archive.durable}, default true: on the embedded HSQLDB a commit reaches the disk before it is
 *     acknowledged
 * @param writer its patience is {@code archive.wait}: seconds that a message waits for its archive, 1 to 300, default 10
 * @param pages their limit is {@code mam.max-page}: messages of the largest page, 1 to 10000, default 250
 * @param archiveDefault {@code archive.default}: always, never or roster, default always: what is archived for accounts
 *     that have not chosen themselves (XEP-0441)
 * @param quota {@code archive.quota-messages}, 0 to 1000000000, and {@code archive.quota-bytes}, 0 or 10000 to 10^15: how
 *     large an account's archive may be, default 0 = any size; {@code archive.quota-reaction}: trim or error, default trim
 * @param age {@code archive.age}: days that messages are kept, 0 to 36500, default 0 = for ever, which is empty here
 * @param rules what the routing rules read: {@code rules.unknown-payload} (transient or archived, default transient),
 *     {@code urgency.groupchat} (content or mentions, default content), {@code offline.store-paths} (a list of matchers,
 *     default empty)
 */
record Settings(
        boolean durable,
        WriterLimits writer,
        PageSize pages,
        ArchivePreferences.Default archiveDefault,
        Quota quota,
        Optional<Duration> age,
        RuleSettings rules) {

    static final String PREFIX = "plugin.unifiedrouting.";

    private static final Logger Log = LoggerFactory.getLogger(Settings.class);
    private static final int NORMAL_PAGE = 50;

    /** Room for some messages at least: who writes less has thought of another unit. */
    private static final long LEAST_QUOTA_BYTES = 10_000;

    static Settings read() {
        WriterLimits limits = WriterLimits.defaults();
        int wait = number("archive.wait", 1, 300, (int) limits.patience().toSeconds());
        int largestPage = number("mam.max-page", 1, 10_000, 250);
        Quota quota = readQuota();
        long days = number("archive.age", 0, 36_500, 0);
        return new Settings(
                JiveGlobals.getBooleanProperty(PREFIX + "archive.durable", true),
                new WriterLimits(
                        limits.queue(),
                        limits.batchMessages(),
                        limits.batchCharacters(),
                        Duration.ofSeconds(wait),
                        limits.probeInterval()),
                new PageSize(Math.min(NORMAL_PAGE, largestPage), largestPage),
                choice("archive.default", ArchivePreferences.Default.ALWAYS),
                quota,
                days == 0 ? Optional.empty() : Optional.of(Duration.ofDays(days)),
                RuleSettings.builder()
                        .unknownPayload(choice("rules.unknown-payload", UnknownPayload.TRANSIENT))
                        .groupchatUrgency(choice("urgency.groupchat", GroupchatUrgency.CONTENT))
                        .storePaths(storePaths("offline.store-paths"))
                        .archiveQuotaReaction(quota.reaction())
                        .build());
    }

    private static Quota readQuota() {
        return new Quota(
                orAny(amount("archive.quota-messages", 1, 1_000_000_000L)),
                orAny(amount("archive.quota-bytes", LEAST_QUOTA_BYTES, 1_000_000_000_000_000L)),
                choice("archive.quota-reaction", ArchiveQuotaReaction.TRIM));
    }

    private static long orAny(long amount) {
        return amount == 0 ? Quota.ANY : amount;
    }

    private static int number(String key, int least, int most, int normal) {
        return (int) number(key, least, most, normal, value -> value >= least && value <= most);
    }

    /** 0, which is the default, or a number in that range. */
    private static long amount(String key, long least, long most) {
        return number(key, least, most, 0, value -> value == 0 || value >= least && value <= most);
    }

    private static long number(String key, long least, long most, long normal, LongPredicate isInRange) {
        String text = JiveGlobals.getProperty(PREFIX + key);
        if (text == null) {
            return normal;
        }
        try {
            long value = Long.parseLong(text.trim());
            if (isInRange.test(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, as a number out of range is.
        }
        Log.warn("{}{} is '{}', not a number from {} to {}; {} is in force.", PREFIX, key, text, least, most, normal);
        return normal;
    }

    private static <E extends Enum<E>> E choice(String key, E normal) {
        String text = JiveGlobals.getProperty(PREFIX + key);
        if (text == null) {
            return normal;
        }
        for (E value : normal.getDeclaringClass().getEnumConstants()) {
            if (value.name().equalsIgnoreCase(text.trim())) {
                return value;
            }
        }
        Log.warn("{}{} is '{}', which is none of its values; {} is in force.", PREFIX, key, text, normal);
        return normal;
    }

    private static StorePaths storePaths(String key) {
        String text = JiveGlobals.getProperty(PREFIX + key, "");
        StorePaths.Parsed parsed = StorePaths.parse(text);
        if (parsed instanceof StorePaths.Mistake mistake) {
            Log.warn(
                    "{}{} is ignored as a whole: at character {} of '{}', {}",
                    PREFIX,
                    key,
                    mistake.position() + 1,
                    text,
                    mistake.message());
            return StorePaths.NONE;
        }
        return ((StorePaths.Valid) parsed).paths();
    }
}
