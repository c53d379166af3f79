package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineHead;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** XEP-0013 §2.3: nodes are unique, and ordered as text. */
class OfflineNodeTest {

    private static OfflineMessage message(long seq, String mid, long millis) {
        return new OfflineMessage(
                seq, new Mid(mid), true, "tybalt@capulet.example", Instant.ofEpochMilli(millis), "<message/>");
    }

    private static OfflineHead head(OfflineMessage message) {
        return new OfflineHead(message.mid(), message.receivedAt(), 1);
    }

    @Test
    void nodesAreOrderedAsTheMessages() {
        long now = 1_764_000_000_000L;
        List<OfflineMessage> messages = new ArrayList<>(List.of(message(1, "z", now - 1)));
        for (int i = 0; i < 1200; i++) {
            // MIDs that go down: they are random.
            messages.add(message(2 + i, "m" + (9999 - i), now));
        }
        messages.add(message(2000, "a", now + 1));

        List<String> nodes = new ArrayList<>();
        OfflineNode node = null;
        for (OfflineMessage each : messages) {
            node = node == null ? OfflineNode.of(each) : node.next(each);
            nodes.add(node.toString());
        }
        assertThat(nodes).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aNodeFindsItsMessageWhateverWasRemovedBeforeIt() {
        OfflineMessage first = message(1, "first", 1_764_000_000_000L);
        OfflineMessage second = message(2, "second-with-dashes", 1_764_000_000_000L);
        OfflineNode listed = OfflineNode.of(first).next(second);
        OfflineNode read = OfflineNode.parse(listed.toString()).orElseThrow();
        assertThat(read).isEqualTo(listed);
        assertThat(read.isOf(head(second))).isTrue();
        assertThat(read.isOf(head(first))).isFalse();
    }

    @Test
    void aNodeOfAnotherTimeIsNone() {
        OfflineNode node = OfflineNode.of(message(1, "mid", 1_764_000_000_000L));
        assertThat(node.isOf(head(message(1, "mid", 1_764_000_000_001L)))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mid",
                "2003-02-27T22:49:17.008Z",
                "1764000000000-000000-",
                "1764000000000-0-mid",
                "99999999999999999999-000000-mid",
                "-764000000000-000000-mid",
                "1764000000000-000000-mid ",
            })
    void whatIsNoNodeIsNone(String text) {
        assertThat(OfflineNode.parse(text)).isEmpty();
    }
}
