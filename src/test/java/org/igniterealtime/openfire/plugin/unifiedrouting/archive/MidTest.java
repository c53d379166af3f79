package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class MidTest {

    static final String[] IMPOSSIBLE = {
        "",
        " ",
        "a ",
        "a\0",
        "m".repeat(Mid.MAX_LENGTH + 1),
        "é".repeat(Mid.MAX_LENGTH / 2) + "m",
        "漢".repeat(Mid.MAX_LENGTH)
    };

    @ParameterizedTest
    @ValueSource(strings = {"a", " a", "a b", "-_.~", "é", "\uD83D\uDE00", "' OR 1 = 1 --"})
    void mostTextIsPossible(String text) {
        assertThat(Mid.isPossible(text)).isTrue();
        assertThat(new Mid(text)).hasToString(text);
    }

    /** No database keeps it, or some take it for another one. */
    @ParameterizedTest
    @FieldSource("IMPOSSIBLE")
    void whatDoesNotFitEverywhereIsNoMid(String text) {
        assertThat(Mid.isPossible(text)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new Mid(text));
    }
}
