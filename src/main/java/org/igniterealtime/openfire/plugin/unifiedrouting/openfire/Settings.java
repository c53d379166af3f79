package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Quota;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.WriterLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.ArchiveQuotaReaction;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.GroupchatUrgency;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.QuotaExceeded;
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
 * @param serve {@code mam.serve}, auto or never, default auto; when the plugin is loaded: whether it answers archive
 *     queries ({@code urn:xmpp:mam:2})
 * @param writer its patience is {@code archive.wait}: seconds that a message waits for its archive, 1 to 300, default 10
 * @param pages their limit is {@code mam.max-page}: messages of the largest page, 1 to 10000, default 250
 * @param archiveDefault {@code archive.default}: always, never or roster, default always: what is archived for accounts
 *     that have not chosen themselves (XEP-0441)
 * @param quota {@code archive.quota-messages}, 0 to 1000000000, and {@code archive.quota-bytes}, 0 or 10000 to 10^15: how
 *     large an account's archive may be, default 0 = any size; {@code archive.quota-reaction}: trim or error, default trim
 * @param age {@code archive.age}: days that messages are kept, 0 to 36500, default 0 = for ever, which is empty here
 * @param offline {@code offline.enabled}, default true: whether messages are kept for accounts that nobody is there for
 * @param limits {@code offline.pair-limit}, 0 to 1000000, default 100, 0 = no limit; {@code offline.user-limit.enabled},
 *     default false; {@code offline.user-limit.max}, 0 to 1000000, default 10000, 0 = any
 * @param mamAccountAge {@code mam.account-age}: days for which an account whose archive was used counts as one that reads
 *     it, 1 to 36500, default 90
 * @param rules what the routing rules read: {@code rules.unknown-payload} (transient or archived, default transient),
 *     {@code urgency.groupchat} (content or mentions, default content), {@code offline.store-paths} (a list of matchers,
 *     default empty), {@code offline.quota-exceeded} (error or drop, default error), {@code carbons.to-subscribed} (default
 *     true)
 */
record Settings(
        boolean durable,
        Serve serve,
        WriterLimits writer,
        PageSize pages,
        ArchivePreferences.Default archiveDefault,
        Quota quota,
        Optional<Duration> age,
        boolean offline,
        OfflineLimits limits,
        Duration mamAccountAge,
        RuleSettings rules) {

    /** Whether clients' queries of their archives are answered. */
    enum Serve {
        /** Yes, also where another plugin would. */
        AUTO,

        /** No: another plugin does it. */
        NEVER
    }

    static final String PREFIX = "plugin.unifiedrouting.";

    private static final Logger Log = LoggerFactory.getLogger(Settings.class);
    private static final int NORMAL_PAGE = 50;

    /** Messages of a mebibyte are rare, and a page of hundreds of them fills the heap. */
    static final long PAGE_BYTES = 1 << 20;

    /** Nobody reads more messages of one sender; above that, 0 says what is meant. */
    private static final int MOST_UNDELIVERED = 1_000_000;

    /** Room for some messages at least: who writes less has thought of another unit. */
    private static final long LEAST_QUOTA_BYTES = 10_000;

    static Settings read() {
        return read(JiveGlobals::getProperty);
    }

    /**
     * @param properties gives the text of a property, or null where it is not set
     */
    static Settings read(UnaryOperator<String> properties) {
        WriterLimits limits = WriterLimits.defaults();
        int wait = number(
                properties, "archive.wait", 1, 300, (int) limits.patience().toSeconds());
        int largestPage = number(properties, "mam.max-page", 1, 10_000, 250);
        Quota quota = quota(properties);
        int days = number(properties, "archive.age", 0, 36_500, 0);
        return new Settings(
                choice(properties, "archive.durable", true),
                value(properties, "mam.serve", Serve.AUTO),
                limits.withPatience(Duration.ofSeconds(wait)),
                new PageSize(Math.min(NORMAL_PAGE, largestPage), largestPage, PAGE_BYTES),
                value(properties, "archive.default", ArchivePreferences.Default.ALWAYS),
                quota,
                days == 0 ? Optional.empty() : Optional.of(Duration.ofDays(days)),
                choice(properties, "offline.enabled", true),
                new OfflineLimits(
                        limit(properties, "offline.pair-limit", 100),
                        choice(properties, "offline.user-limit.enabled", false),
                        limit(properties, "offline.user-limit.max", 10_000)),
                Duration.ofDays(number(properties, "mam.account-age", 1, 36_500, 90)),
                RuleSettings.builder()
                        .unknownPayload(value(properties, "rules.unknown-payload", UnknownPayload.TRANSIENT))
                        .groupchatUrgency(value(properties, "urgency.groupchat", GroupchatUrgency.CONTENT))
                        .storePaths(storePaths(properties, "offline.store-paths"))
                        .quotaExceeded(value(properties, "offline.quota-exceeded", QuotaExceeded.ERROR))
                        .carbonsToSubscribed(choice(properties, "carbons.to-subscribed", true))
                        .archiveQuotaReaction(quota.reaction())
                        .build());
    }

    private static Quota quota(UnaryOperator<String> properties) {
        return new Quota(
                amount(properties, "archive.quota-messages", 1, 1_000_000_000L),
                amount(properties, "archive.quota-bytes", LEAST_QUOTA_BYTES, 1_000_000_000_000_000L),
                value(properties, "archive.quota-reaction", ArchiveQuotaReaction.TRIM));
    }

    /** A number in that range, or 0, the default, which stands for any amount. */
    private static long amount(UnaryOperator<String> properties, String key, long least, long most) {
        long amount = number(properties, key, new Range(least, most, true), 0);
        return amount == 0 ? Quota.ANY : amount;
    }

    /** A number of messages; 0 stands for any number. */
    private static OfflineLimit limit(UnaryOperator<String> properties, String key, int normal) {
        int messages = number(properties, key, 0, MOST_UNDELIVERED, normal);
        return messages == 0 ? OfflineLimit.NONE : new OfflineLimit(messages);
    }

    private static boolean choice(UnaryOperator<String> properties, String key, boolean normal) {
        String text = properties.apply(PREFIX + key);
        if (text == null) {
            return normal;
        }
        return switch (text.trim().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> {
                Log.warn("{}{} is '{}', neither true nor false; {} is in force.", PREFIX, key, text, normal);
                yield normal;
            }
        };
    }

    private static int number(UnaryOperator<String> properties, String key, int least, int most, int normal) {
        return (int) number(properties, key, new Range(least, most, false), normal);
    }

    /** Which numbers a setting may have. */
    private record Range(long least, long most, boolean isZeroAllowed) {

        boolean holds(long value) {
            return value >= least && value <= most || isZeroAllowed && value == 0;
        }

        @Override
        public String toString() {
            return (isZeroAllowed ? "0 or " : "") + "a number from " + least + " to " + most;
        }
    }

    private static long number(UnaryOperator<String> properties, String key, Range range, long normal) {
        String text = properties.apply(PREFIX + key);
        if (text == null) {
            return normal;
        }
        try {
            long value = Long.parseLong(text.trim());
            if (range.holds(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, as a number out of range is.
        }
        Log.warn("{}{} is '{}', not {}; {} is in force.", PREFIX, key, text, range, normal);
        return normal;
    }

    private static <E extends Enum<E>> E value(UnaryOperator<String> properties, String key, E normal) {
        String text = properties.apply(PREFIX + key);
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

    private static StorePaths storePaths(UnaryOperator<String> properties, String key) {
        String set = properties.apply(PREFIX + key);
        String text = set == null ? "" : set;
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
