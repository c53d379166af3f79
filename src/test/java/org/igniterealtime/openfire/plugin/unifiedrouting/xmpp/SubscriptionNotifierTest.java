package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.received;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry.Result;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;

class SubscriptionNotifierTest {

    private final SubscriptionRegistry registry = new SubscriptionRegistry();
    private final List<Runnable> notifications = new ArrayList<>();
    private final SubscriptionNotifier notifier =
            new SubscriptionNotifier(registry, null, fullJid -> Optional.empty(), notifications::add);

    @Test
    void onlyWhatTheArchiveShowsIsNotified() {
        registry.subscribe(new SessionKey(new JID("romeo@montague.example/desk"), "1"));

        notifier.committed(List.of(
                entry("a", OfflineClaim.OFFLINE_ONLY, Result.STORED),
                entry("b", OfflineClaim.ELIGIBLE, Result.OVER_LIMIT)));
        assertThat(notifications).isEmpty();

        notifier.committed(List.of(
                entry("c", OfflineClaim.NONE, Result.STORED),
                entry("d", OfflineClaim.ELIGIBLE, Result.STORED),
                entry("e", OfflineClaim.ELIGIBLE, Result.STORED_NOT_ELIGIBLE)));
        assertThat(notifications).hasSize(3);
    }

    private static AppendedEntry entry(String mid, OfflineClaim claim, Result result) {
        AppendedEntry appended =
                new InMemoryArchive().append(List.of(received("romeo", mid))).get(0);
        return new AppendedEntry(appended.message(), claim, result);
    }
}
