package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** XEP-0082 §3.2: "CCYY-MM-DDThh:mm:ss[.sss]TZD". */
class TimestampsTest {

    @ParameterizedTest
    @CsvSource({
        "2010-07-10T23:08:25Z, 2010-07-10T23:08:25Z",
        "2010-07-10T23:08:25.1Z, 2010-07-10T23:08:25.100Z",
        "2010-07-10T23:08:25.123456789Z, 2010-07-10T23:08:25.123456789Z",
        "2010-07-10T23:08:25+02:00, 2010-07-10T21:08:25Z",
        "2010-07-10T23:08:25.123-05:30, 2010-07-11T04:38:25.123Z",
        "1969-07-21T02:56:15Z, 1969-07-21T02:56:15Z"
    })
    void dateTimesOfTheSpecificationAreRead(String text, Instant time) {
        assertThat(Timestamps.parse(text)).isEqualTo(time);
        assertThat(Timestamps.parse(' ' + text + '\n')).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2010-07-10",
                "2010-07-10T23:08Z",
                "2010-07-10T23:08:25",
                "2010-07-10 23:08:25Z",
                "2010-02-30T00:00:00Z",
                "2010-07-10T25:00:00Z",
                "20100710T23:08:25",
                "+999999999-12-31T23:59:59Z",
                "-0001-01-01T00:00:00Z"
            })
    void othersAreNot(String text) {
        assertThatThrownBy(() -> Timestamps.parse(text)).isInstanceOf(DateTimeException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "2026-12-31T23:59:59.999999999Z",
                "2024-02-29T10:20:30.040Z",
                "1999-10-11T12:13:14.450Z",
                "1000-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999Z",
                "0999-12-31T23:59:59.999Z",
                "+10000-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z"
            })
    void timesAreWrittenAsJavaWritesThem(Instant time) {
        assertThat(Timestamps.format(time))
                .isEqualTo(DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX")
                        .withZone(ZoneOffset.UTC)
                        .format(time));
    }

    @Test
    void timesAreWrittenInUtcWithMilliseconds() {
        assertThat(Timestamps.format(Instant.ofEpochMilli(0))).isEqualTo("1970-01-01T00:00:00.000Z");
        assertThat(Timestamps.format(Instant.parse("2026-01-02T03:04:05.006Z"))).isEqualTo("2026-01-02T03:04:05.006Z");
    }
}
