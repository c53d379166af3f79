package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NothingUnderWay;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.InMemoryOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedger;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineScan;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;

class LedgerBooksTest {

    private static final Holder PHONE = Holder.of(new SessionKey(new JID("juliet", Verona.DOMAIN, "phone"), "phone"));

    private final InMemoryOfflineStore store = new InMemoryOfflineStore();
    private final OfflineLedgers<Holder> ledgers = new OfflineLedgers<>(store, new NothingUnderWay(), Runnable::run);
    private final LedgerBooks books =
            new LedgerBooks(ledgers, store, mock(ClientStates.class), mock(DeliveryWatch.class));

    /** Another session looks through the set and deletes what this one has read and not claimed yet. */
    @Test
    void whatIsRemovedIsNotGivenToWhoHasReadIt() {
        store.add("juliet", "a", false, true);
        OfflineLedger<Holder> ledger = ledgers.bound("juliet", PHONE);
        OfflineScan<Holder> scan = ledger.scan(PHONE, false);
        List<OfflineMessage> read = store.read("juliet", scan.begin(), 10);
        books.remove("juliet", List.of(new Mid("a")));
        assertThat(scan.claim(read, true).orElseThrow().mids()).isEmpty();
        scan.end();
        assertThat(scan.isComplete()).isTrue();
        assertThat(store.count("juliet")).isZero();
    }
}
