package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.Message;

class RoutedMessagesTest {

    private final RoutedMessages routed = new RoutedMessages();

    @Test
    void theInnermostIsFoundFirst() {
        Message outer = note();
        Message inner = note();

        assertThat(routed.any(note -> true)).map(RoutedMessages.Note::message).containsSame(inner);
        assertThat(routed.any(note -> note.message() == outer)).isPresent();
        routed.done(inner);
        assertThat(routed.any(note -> true)).map(RoutedMessages.Note::message).containsSame(outer);
    }

    @Test
    void whatIsLearntReplacesWhatWasKnown() {
        Message message = note();
        routed.note(routed.of(message).orElseThrow().sentAs(new Mid("m")));

        assertThat(routed.of(message)).flatMap(RoutedMessages.Note::sentMid).contains(new Mid("m"));
        assertThat(routed.done(message)).isPresent();
        assertThat(routed.done(message)).isEmpty();
        assertThat(routed.of(message)).isEmpty();
    }

    @Test
    void ofTooManyTheOutermostIsForgotten() {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            messages.add(note());
        }
        assertThat(routed.of(messages.get(0))).isEmpty();
        assertThat(routed.of(messages.get(1))).isPresent();
        assertThat(routed.of(messages.get(16))).isPresent();
    }

    @Test
    void eachThreadHasItsOwn() {
        Message message = note();
        assertThat(CompletableFuture.supplyAsync(() -> routed.of(message)).join())
                .isEmpty();
    }

    private Message note() {
        Message message = message(ROMEO, JULIET, "<body>Ay me!</body>");
        routed.note(RoutedMessages.Note.of(message, new Judge.Judged(null)));
        return message;
    }
}
