package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.time.Duration;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.WriterLimits;
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
 */
record Settings(boolean durable, WriterLimits writer, PageSize pages) {

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
                new WriterLimits(
                        limits.queue(),
                        limits.batchMessages(),
                        limits.batchCharacters(),
                        Duration.ofSeconds(wait),
                        limits.probeInterval()),
                new PageSize(Math.min(NORMAL_PAGE, largestPage), largestPage));
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
}
