package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StartCheckTest {

    private final StartCheck check = new StartCheck(Map.of("romeo", List.of("a", "b", "c", "d", "e", "f")));

    private void behind(String mid, String told) {
        check.check(new StartRecord("s", "romeo", mid, null, null, null, mids(told)));
    }

    private void live(String endBefore, String endAfter, String told) {
        check.check(new StartRecord("s", "romeo", null, endBefore, endAfter, null, mids(told)));
    }

    private void queried(String behind, String pages, String told) {
        check.check(new StartRecord("s", "romeo", behind, null, null, mids(pages), mids(told)));
    }

    private static List<String> mids(String letters) {
        return letters.chars().mapToObj(c -> String.valueOf((char) c)).toList();
    }

    private void found(int missing, int duplicated, int misplaced) {
        assertThat(List.of(check.missing(), check.duplicated(), check.misplaced()))
                .as(check.problems().toString())
                .containsExactly(missing, duplicated, misplaced);
    }

    @Test
    void wholeHistoriesAreWhole() {
        behind("", "abc");
        behind("b", "cdef");
        behind("b", "");
        live("b", "d", "cde");
        live("b", "d", "ef");
        live("b", "b", "c");
        queried("a", "bcd", "ef");
        queried("a", "bcd", "cdef");
        queried("a", "", "bc");
        found(0, 0, 0);
        assertThat(check.problems()).isEmpty();
    }

    @Test
    void gapsAreFound() {
        behind("", "bc");
        behind("b", "df");
        live("b", "d", "f");
        queried("a", "bc", "ef");
        queried("a", "bc", "bd");
        queried("a", "c", "d");
        found(1 + 2 + 1 + 1 + 1 + 1, 0, 0);
    }

    @Test
    void whatComesTwiceIsFound() {
        behind("b", "ccdd");
        live("b", "b", "cdc");
        queried("a", "bcb", "dd");
        found(0, 2 + 1 + 2, 0);
    }

    @Test
    void whatDoesNotBelongThereIsFound() {
        behind("b", "bcd");
        behind("b", "cx");
        live("b", "d", "bcd");
        found(0, 0, 3);
    }

    @Test
    void whatComesTooLateIsFound() {
        behind("b", "dce");
        queried("a", "bc", "edf");
        assertThat(check.misplaced()).isEqualTo(2);
    }

    @Test
    void whatCameLiveAndCouldNotBeArchivedIsCountedApart() {
        queried("a", "bc", "xdyef");
        queried("a", "bcd", "xcdef");
        found(0, 0, 0);
        assertThat(check.unarchived()).isEqualTo(3);
        assertThat(check.problems()).isEmpty();
        queried("a", "bx", "");
        found(0, 0, 1);
        queried("a", "b", "xcx");
        found(0, 1, 1);
    }

    @Test
    void problemsSayWhereTheyAre() {
        queried("a", "bc", "xedf");
        assertThat(check.problems())
                .singleElement()
                .asString()
                .contains("misplaced [d at index 2 of place 3]", "queried up to c of place 2");
    }
}
