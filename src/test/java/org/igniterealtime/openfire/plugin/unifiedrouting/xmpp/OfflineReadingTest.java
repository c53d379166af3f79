package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.InMemoryOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineChange;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.junit.jupiter.api.Test;

/** XEP-0013 §2.4, §2.5: messages that are named one by one. */
class OfflineReadingTest {

    private static final String JULIET = "juliet";

    private final List<Integer> readings = new ArrayList<>();
    private final List<String> shown = new ArrayList<>();

    private final InMemoryOfflineStore store = new InMemoryOfflineStore() {
        @Override
        public List<OfflineMessage> find(String owner, Collection<Mid> mids) {
            readings.add(mids.size());
            return super.find(owner, mids);
        }
    };

    private final OfflineReading reading = new OfflineReading(Verona.ACCOUNTS, null, store, null, null);

    @Test
    void theyComeAsNamedAPageAtATime() {
        List<OfflineNode> nodes = add(450, "<message/>");
        Collections.reverse(nodes);

        assertThat(view(nodes)).containsExactlyElementsOf(mids(nodes));
        assertThat(readings).containsExactly(200, 200, 50);
    }

    @Test
    void ofLongOnesAPageHasFewer() {
        List<OfflineNode> nodes = add(7, "x".repeat(100_000));
        nodes.addAll(add(1, "x".repeat(1_000_000)));

        assertThat(view(nodes)).containsExactlyElementsOf(mids(nodes));
        assertThat(readings).containsExactly(2, 2, 2, 1, 1);
    }

    @Test
    void whatIsNamedTwiceComesTwice() {
        List<OfflineNode> nodes = add(2, "<message/>");
        nodes.add(nodes.get(0));

        assertThat(view(nodes)).containsExactlyElementsOf(mids(nodes));
    }

    @Test
    void allOrNone() {
        List<OfflineNode> nodes = add(300, "<message/>");
        for (OfflineNode wrong : List.of(
                new OfflineNode(nodes.get(0).millis() + 1, 0, nodes.get(0).mid()),
                new OfflineNode(nodes.get(0).millis(), 0, new Mid("unknown")))) {
            List<OfflineNode> named = new ArrayList<>(nodes);
            named.add(wrong);
            assertThatThrownBy(() -> view(named)).isInstanceOf(StanzaError.class);
            assertThatThrownBy(() -> reading.require(JULIET, named)).isInstanceOf(StanzaError.class);
        }
        assertThat(shown).isEmpty();
        assertThat(readings).isEmpty();
    }

    @Test
    void whatIsTakenMeanwhileIsLeftOut() {
        List<OfflineNode> nodes = add(250, "<message/>");

        reading.find(JULIET, nodes, one -> {
            shown.add(one.message().mid().value());
            store.apply(List.of(new OfflineChange(
                    JULIET, OptionalLong.empty(), Set.of(nodes.get(240).mid()), Set.of())));
        });

        List<String> rest = mids(nodes);
        rest.remove(240);
        assertThat(shown).containsExactlyElementsOf(rest);
    }

    private List<OfflineNode> add(int count, String stanza) {
        int before = (int) store.count(JULIET);
        List<OfflineNode> nodes = new ArrayList<>();
        IntStream.range(before, before + count)
                .forEach(i -> nodes.add(OfflineNode.of(store.add(JULIET, "m" + i, true, true, stanza))));
        return nodes;
    }

    private List<String> view(List<OfflineNode> nodes) {
        reading.find(JULIET, nodes, one -> shown.add(one.message().mid().value()));
        return shown;
    }

    private static List<String> mids(List<OfflineNode> nodes) {
        return new ArrayList<>(nodes.stream().map(node -> node.mid().value()).toList());
    }
}
