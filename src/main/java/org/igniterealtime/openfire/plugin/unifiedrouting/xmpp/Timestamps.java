package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** Date and time as XEP-0082 writes them. */
final class Timestamps {

    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    /** XEP-0082 §3.2: CCYY-MM-DDThh:mm:ss[.sss]TZD. */
    private static final DateTimeFormatter DATE_TIME = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4)
            .appendPattern("-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendOffset("+HH:MM", "Z")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private Timestamps() {}

    static String format(Instant time) {
        return MILLISECONDS.format(time);
    }

    /**
     * @throws DateTimeException if the text is not a DateTime of XEP-0082, with seconds and a time zone
     */
    static Instant parse(String text) {
        return DATE_TIME.parse(text.trim(), Instant::from);
    }
}
