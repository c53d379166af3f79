package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.time.Duration;
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

/**
 * The plugin's settings, read from Openfire's properties under {@value Setting#PREFIX}. A value out of its range is reported
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

    /** Messages of a mebibyte are rare, and a page of hundreds of them fills the heap. */
    static final long PAGE_BYTES = 1 << 20;

    private static final int NORMAL_PAGE = 50;

    /** Nobody reads more messages of one sender; above that, 0 says what is meant. */
    private static final int MOST_UNDELIVERED = 1_000_000;

    /** Room for some messages at least: who writes less has thought of another unit. */
    private static final long LEAST_QUOTA_BYTES = 10_000;

    private static final int MOST_DAYS = 36_500;

    static final Setting<Boolean> DURABLE = Setting.ofBoolean("archive.durable", true);
    static final Setting<Serve> SERVE = Setting.ofEnum("mam.serve", Serve.AUTO);
    static final Setting<Long> WAIT = Setting.ofNumber(
            "archive.wait", 1, 300, WriterLimits.defaults().patience().toSeconds());
    static final Setting<Long> LARGEST_PAGE = Setting.ofNumber("mam.max-page", 1, 10_000, 250);
    static final Setting<ArchivePreferences.Default> ARCHIVE_DEFAULT =
            Setting.ofEnum("archive.default", ArchivePreferences.Default.ALWAYS);
    static final Setting<Long> QUOTA_MESSAGES = Setting.ofNumberOrZero("archive.quota-messages", 1, 1_000_000_000L);
    static final Setting<Long> QUOTA_BYTES =
            Setting.ofNumberOrZero("archive.quota-bytes", LEAST_QUOTA_BYTES, 1_000_000_000_000_000L);
    static final Setting<ArchiveQuotaReaction> QUOTA_REACTION =
            Setting.ofEnum("archive.quota-reaction", ArchiveQuotaReaction.TRIM);
    static final Setting<Long> AGE = Setting.ofNumber("archive.age", 0, MOST_DAYS, 0);
    static final Setting<Boolean> OFFLINE = Setting.ofBoolean("offline.enabled", true);
    static final Setting<Long> PAIR_LIMIT = Setting.ofNumber("offline.pair-limit", 0, MOST_UNDELIVERED, 100);
    static final Setting<Boolean> USER_LIMIT = Setting.ofBoolean("offline.user-limit.enabled", false);
    static final Setting<Long> LARGEST_USER_LIMIT =
            Setting.ofNumber("offline.user-limit.max", 0, MOST_UNDELIVERED, 10_000);
    static final Setting<QuotaExceeded> QUOTA_EXCEEDED = Setting.ofEnum("offline.quota-exceeded", QuotaExceeded.ERROR);
    static final Setting<StorePaths> STORE_PATHS = Setting.ofMatchers("offline.store-paths");
    static final Setting<Long> MAM_ACCOUNT_AGE = Setting.ofNumber("mam.account-age", 1, MOST_DAYS, 90);
    static final Setting<UnknownPayload> UNKNOWN_PAYLOAD =
            Setting.ofEnum("rules.unknown-payload", UnknownPayload.TRANSIENT);
    static final Setting<GroupchatUrgency> GROUPCHAT_URGENCY =
            Setting.ofEnum("urgency.groupchat", GroupchatUrgency.CONTENT);
    static final Setting<Boolean> CARBONS_TO_SUBSCRIBED = Setting.ofBoolean("carbons.to-subscribed", true);

    static Settings read() {
        return read(JiveGlobals::getProperty);
    }

    /**
     * @param properties gives the text of a property, or null where it is not set
     */
    static Settings read(UnaryOperator<String> properties) {
        int largestPage = LARGEST_PAGE.read(properties).intValue();
        Quota quota = new Quota(
                amount(QUOTA_MESSAGES.read(properties)),
                amount(QUOTA_BYTES.read(properties)),
                QUOTA_REACTION.read(properties));
        long days = AGE.read(properties);
        return new Settings(
                DURABLE.read(properties),
                SERVE.read(properties),
                WriterLimits.defaults().withPatience(Duration.ofSeconds(WAIT.read(properties))),
                new PageSize(Math.min(NORMAL_PAGE, largestPage), largestPage, PAGE_BYTES),
                ARCHIVE_DEFAULT.read(properties),
                quota,
                days == 0 ? Optional.empty() : Optional.of(Duration.ofDays(days)),
                OFFLINE.read(properties),
                new OfflineLimits(
                        limit(PAIR_LIMIT.read(properties)),
                        USER_LIMIT.read(properties),
                        limit(LARGEST_USER_LIMIT.read(properties))),
                Duration.ofDays(MAM_ACCOUNT_AGE.read(properties)),
                RuleSettings.builder()
                        .unknownPayload(UNKNOWN_PAYLOAD.read(properties))
                        .groupchatUrgency(GROUPCHAT_URGENCY.read(properties))
                        .storePaths(STORE_PATHS.read(properties))
                        .quotaExceeded(QUOTA_EXCEEDED.read(properties))
                        .carbonsToSubscribed(CARBONS_TO_SUBSCRIBED.read(properties))
                        .archiveQuotaReaction(quota.reaction())
                        .build());
    }

    /** 0 stands for any amount. */
    private static long amount(long number) {
        return number == 0 ? Quota.ANY : number;
    }

    /** 0 stands for any number. */
    private static OfflineLimit limit(long messages) {
        return messages == 0 ? OfflineLimit.NONE : new OfflineLimit((int) messages);
    }

    /** Whether messages have to go with these settings that stay with those. */
    boolean deletesMoreThan(Settings others) {
        boolean isAgeLower =
                age.isPresent() && (others.age.isEmpty() || age.get().compareTo(others.age.get()) < 0);
        return isAgeLower || quota.deletesMoreThan(others.quota);
    }
}
