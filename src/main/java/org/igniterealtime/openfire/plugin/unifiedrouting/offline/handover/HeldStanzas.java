package org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover;

import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;

/** Reads and writes messages as Openfire's own offline store holds them. Thread-safe. */
public interface HeldStanzas {

    /**
     * What a message is to become.
     *
     * @param entry to be added to the offline set, with what it claims to be and the time since when it is held
     * @param known the id under which the account's archive has this very message, if it says the truth; see {@link #isSame}
     */
    record Understood(NewEntry entry, Optional<Mid> known) {}

    /** @return empty if it cannot be understood at all; it stays where it is */
    Optional<Understood> read(String owner, HeldMessage message);

    /**
     * Whether an archived message is the one that says that it is.
     *
     * @param peer the sender of the archived one, with its resource if it had one
     * @param stanza the archived one
     */
    boolean isSame(NewEntry entry, String peer, String stanza);

    /** @return how Openfire's store holds such a message; empty if it cannot be written at all */
    Optional<String> write(String owner, OfflineMessage message);
}
