package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.time.Duration;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.WriterLimits;
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
 * @param serve {@code mam.serve}, auto or never, default auto; when the plugin is loaded: whether it answers archive
 *     queries ({@code urn:xmpp:mam:2})
 * @param writer its patience is {@code archive.wait}: seconds that a message waits for its archive, 1 to 300, default 10
 * @param pages their limit is {@code mam.max-page}: messages of the largest page, 1 to 10000, default 250
 * @param archiveDefault {@code archive.default}: always, never or roster, default always: what is archived for accounts
 *     that have not chosen themselves (XEP-0441)
 * @param rules what the routing rules read: {@code rules.unknown-payload} (transient or archived, default transient),
 *     {@code urgency.groupchat} (content or mentions, default content), {@code offline.store-paths} (a list of matchers,
 *     default empty)
 */
record Settings(
        boolean durable,
        Serve serve,
        WriterLimits writer,
        PageSize pages,
        ArchivePreferences.Default archiveDefault,
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
        return new Settings(
                choice(properties, "archive.durable", true),
                value(properties, "mam.serve", Serve.AUTO),
                new WriterLimits(
                        limits.queue(),
                        limits.batchMessages(),
                        limits.batchCharacters(),
                        Duration.ofSeconds(wait),
                        limits.probeInterval()),
                new PageSize(Math.min(NORMAL_PAGE, largestPage), largestPage),
                value(properties, "archive.default", ArchivePreferences.Default.ALWAYS),
                RuleSettings.builder()
                        .unknownPayload(value(properties, "rules.unknown-payload", UnknownPayload.TRANSIENT))
                        .groupchatUrgency(value(properties, "urgency.groupchat", GroupchatUrgency.CONTENT))
                        .storePaths(storePaths(properties, "offline.store-paths"))
                        .build());
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
        String text = properties.apply(PREFIX + key);
        if (text == null) {
            return normal;
        }
        try {
            int value = Integer.parseInt(text.trim());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, as a number out of range is.
        }
        Log.warn("{}{} is '{}', not a number from {} to {}; {} is in force.", PREFIX, key, text, least, most, normal);
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
