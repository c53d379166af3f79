package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PreferenceStore;
import org.xmpp.packet.JID;

/** What accounts want archived (XEP-0441), whether they have said so or not. Thread-safe. */
public final class ArchivePolicy {

    private final PreferenceStore store;
    private final Supplier<Default> normal;
    private final Contacts contacts;

    /**
     * @param normal what holds for accounts that have chosen nothing
     */
    public ArchivePolicy(PreferenceStore store, Supplier<Default> normal, Contacts contacts) {
        this.store = store;
        this.normal = normal;
        this.contacts = contacts;
    }

    /** What is in force for an account. */
    ArchivePreferences of(String account) {
        return store.find(account).orElseGet(() -> ArchivePreferences.of(normal.get()));
    }

    void choose(String account, ArchivePreferences preferences) {
        store.save(account, preferences);
    }

    /** Whether an account wants what it exchanges with this peer archived. */
    boolean archives(String account, JID peer) {
        return of(account).archives(peer, contact -> contacts.isContact(account, contact));
    }
}
