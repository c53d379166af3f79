package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArchiveCheckTest {

    private final SentMessages messages = new SentMessages();

    private void send(String... ids) {
        messages.sessionBegins();
        List.of(ids).forEach(messages::sent);
    }

    private String problems(String... archived) {
        ArchiveCheck check = new ArchiveCheck(List.of(archived));
        check.check(messages);
        return check.problems();
    }

    @Test
    void whatArrivedIsThereOnce() {
        send("a", "b");
        messages.allArrived();
        assertThat(problems("a", "b")).isEmpty();
        assertThat(problems("b")).contains("ARCHIVED 0 times: a");
        assertThat(problems("a", "b", "a")).contains("ARCHIVED 2 times: a");
    }

    @Test
    void whatMayHaveArrivedIsThereOnceOrNot() {
        send("a", "b", "c");
        messages.acknowledgedBut(List.of("<message id='c'/>", "<message id='b'/>"));
        assertThat(problems("a")).isEmpty();
        assertThat(problems("a", "c")).isEmpty();
        assertThat(problems("b")).contains("ARCHIVED 0 times: a");
        assertThat(problems("a", "b", "b")).contains("ARCHIVED 2 times: b");
        messages.lost();
        messages.allArrived();
        assertThat(problems("a")).isEmpty();
    }

    @Test
    void sessionsKeepTheirOwnOrderOnly() {
        send("a", "b", "c");
        send("d", "e");
        messages.allArrived();
        assertThat(problems("d", "a", "b", "e", "c")).isEmpty();
        assertThat(problems("d", "b", "a", "e", "c")).contains("IN ANOTHER ORDER than sent: [b, a, c]");
    }

    @Test
    void nobodyElsesMessagesAreThere() {
        send("a");
        messages.allArrived();
        assertThat(problems("a", "x")).contains("never sent: [x]");
    }
}
