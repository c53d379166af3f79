package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.dom4j.DocumentException;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.InMemoryOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedger;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineScan;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/** What is read while Juliet's phone is given the page before. */
class FloodPagesTest {

    private static final String JULIET = "juliet";
    private static final Holder PHONE = holder("phone");
    private static final Holder DESK = holder("desk");

    private final InMemoryOfflineStore store = new InMemoryOfflineStore();
    private final OfflineLedger<Holder> ledger = new OfflineLedger<>(JULIET);
    private final OfflineScan<Holder> scan = ledger.scan(PHONE, false);
    private final List<Runnable> tasks = new ArrayList<>();
    private final Semaphore aheads = new Semaphore(1);
    private final FloodPages pages = pages(tasks::add);
    private final Map<String, OfflineMessage> rows = new HashMap<>();

    private static Holder holder(String resource) {
        return Holder.of(new SessionKey(new JID(JULIET, Verona.DOMAIN, resource), resource));
    }

    private FloodPages pages(Executor executor) {
        return new FloodPages(store, JULIET, Verona.JULIET.asBareJID(), scan, executor, aheads);
    }

    private void stored(int count) {
        for (int i = 0; i < count; i++) {
            rows.put("m" + i, store.add(JULIET, "m" + i, true, true));
        }
        ledger.opened(store.mailbox(JULIET));
    }

    private List<String> next(FloodPages from) {
        List<OfflineMessage> page = from.next();
        Set<Mid> claimed = scan.claim(page, from.isLast()).orElseThrow().mids();
        from.claimed(page, claimed);
        from.readAhead();
        return page.stream()
                .map(OfflineMessage::mid)
                .filter(claimed::contains)
                .map(Mid::value)
                .toList();
    }

    private static List<String> mids(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    private void save() {
        ledger.changes().ifPresent(change -> {
            store.apply(List.of(change));
            ledger.saved(change);
        });
    }

    private void runTasks() {
        List.copyOf(tasks).forEach(Runnable::run);
        tasks.clear();
    }

    @Test
    void everythingComesInOrderWhoeverReadsIt() {
        stored(450);
        assertThat(next(pages)).isEqualTo(mids(0, 100));
        runTasks();
        assertThat(next(pages)).isEqualTo(mids(100, 350));
        // Nobody has begun with it.
        assertThat(tasks).hasSize(1);
        assertThat(next(pages)).isEqualTo(mids(350, 450));
        assertThat(scan.isComplete()).isTrue();
        assertThat(tasks).hasSize(1);
    }

    @Test
    void whatNobodyTakesToReadIsReadAllTheSame() {
        stored(150);
        FloodPages alone = pages(task -> {
            throw new RejectedExecutionException();
        });
        assertThat(next(alone)).hasSize(100);
        assertThat(next(alone)).isEqualTo(mids(100, 150));
    }

    @Test
    void theNextPageIsReadBeforeItIsAskedFor() throws DocumentException {
        stored(150);
        next(pages);
        runTasks();
        store.down(true);
        assertThat(next(pages)).isEqualTo(mids(100, 150));
        store.down(false);
        assertThat(pages.message(rows.get("m120"))).isSameAs(pages.message(rows.get("m120")));
        assertThat(pages.message(rows.get("m120")).toXML())
                .contains("id=\"m120\"")
                .contains("urn:xmpp:delay");
    }

    @Test
    void nothingIsClaimedBeforeItsTurn() {
        stored(150);
        next(pages);
        runTasks();
        assertThat(ledger.isWith(new Mid("m99"), PHONE)).isTrue();
        assertThat(ledger.knows(new Mid("m100"))).isFalse();
    }

    /** What another session had, comes before what follows it. */
    @Test
    void whatIsLeftMeanwhileComesBeforeWhatWasReadAhead() {
        stored(150);
        ledger.found(List.of(rows.get("m3")), DESK);
        assertThat(next(pages)).hasSize(99).doesNotContain("m3");
        runTasks();
        ledger.gone(DESK);
        List<String> given = next(pages);
        assertThat(given.get(0)).isEqualTo("m3");
        assertThat(given.subList(1, given.size())).isEqualTo(mids(100, 150));
    }

    /** The database may have more behind that place than what was read. */
    @Test
    void whatWasReadBeforeTheDatabaseIsAskedAnewIsReadAgain() {
        stored(150);
        next(pages);
        runTasks();
        mids(0, 100).forEach(mid -> ledger.took(new Mid(mid), PHONE));
        save();
        rows.put("m150", store.add(JULIET, "m150", true, true));
        ledger.opened(store.mailbox(JULIET));
        List<String> rest = new ArrayList<>();
        while (!scan.isComplete()) {
            rest.addAll(next(pages));
        }
        assertThat(rest).isEqualTo(mids(100, 151));
    }

    @Test
    void whatIsDroppedIsReadAgainAndKeepsNothingInTheLedger() {
        OfflineMessage hidden = store.add(JULIET, "hidden", false, true);
        stored(150);
        next(pages);
        pages.drop();
        runTasks();
        ledger.took(hidden.mid(), PHONE);
        save();
        assertThat(ledger.knows(hidden.mid())).isFalse();
        assertThat(next(pages)).isEqualTo(mids(99, 150));
    }

    /** It is in no archive, so that no cursor keeps it from being given twice. */
    @Test
    void whatAnotherSessionTookSinceItWasReadIsNotGiven() {
        stored(100);
        OfflineMessage hidden = store.add(JULIET, "hidden", false, true);
        ledger.found(List.of(hidden), DESK);
        next(pages);
        runTasks();
        ledger.took(hidden.mid(), DESK);
        save();
        ledger.gone(DESK);
        assertThat(next(pages)).isEmpty();
        assertThat(scan.isComplete()).isTrue();
        assertThat(ledger.knows(hidden.mid())).isFalse();
    }

    @Test
    void whatCannotBeReadIsNotLost() {
        stored(150);
        next(pages);
        store.down(true);
        runTasks();
        assertThatThrownBy(pages::next).isInstanceOf(StoreUnavailable.class);
        pages.done();
        store.down(false);
        assertThat(next(pages)).isEqualTo(mids(100, 150));
    }

    private void stored(String mid, int length) {
        String stanza = "<message><body>" + "x".repeat(length) + "</body></message>";
        rows.put(mid, store.add(JULIET, mid, true, true, stanza));
        ledger.opened(store.mailbox(JULIET));
    }

    @Test
    void longMessagesComeInSmallPages() {
        IntStream.range(0, 400).forEach(i -> stored("m" + i, 2_000));
        assertThat(next(pages)).isEqualTo(mids(0, 100));
        List<String> second = next(pages);
        assertThat(second).hasSizeBetween(120, 140).isEqualTo(mids(100, 100 + second.size()));
        while (!scan.isComplete()) {
            assertThat(next(pages)).hasSizeLessThanOrEqualTo(second.size());
        }
        assertThat(ledger.isWith(new Mid("m399"), PHONE)).isTrue();
    }

    @Test
    void hugeMessagesBehindShortOnesComeOneByOne() {
        stored(100);
        List.of("a", "b", "c").forEach(mid -> stored(mid, 200_000));
        stored("d", 400_000);
        assertThat(next(pages)).hasSize(100);
        for (String mid : List.of("a", "b", "c", "d")) {
            assertThat(scan.isComplete()).isFalse();
            assertThat(next(pages)).containsExactly(mid);
        }
        assertThat(scan.isComplete()).isTrue();
    }

    @Test
    void noMorePagesAreReadAheadThanMayBeKept() {
        stored(150);
        FloodPages other = pages(tasks::add);
        next(pages);
        assertThat(tasks).hasSize(1);
        other.readAhead();
        assertThat(tasks).hasSize(1);
        pages.drop();
        other.readAhead();
        assertThat(tasks).hasSize(2);
        assertThat(other.next()).hasSize(50);
        other.done();
        assertThat(next(pages)).hasSize(50);
        assertThat(aheads.availablePermits()).isEqualTo(1);
    }

    @Test
    void whatIsGivenIsNotKept() throws DocumentException {
        stored(150);
        next(pages);
        next(pages);
        Message made = pages.message(rows.get("m120"));
        pages.given();
        assertThat(pages.message(rows.get("m120"))).isNotSameAs(made);
    }
}
