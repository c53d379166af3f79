package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Date and time as XEP-0082 writes them. */
final class Timestamps {

    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    private Timestamps() {}

    static String format(Instant time) {
        return MILLISECONDS.format(time);
    }

    /**
     * @throws DateTimeException if the text is not a DateTime of XEP-0082, with seconds and a time zone
     */
    static Instant parse(String text) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text.trim(), Instant::from);
    }
}
