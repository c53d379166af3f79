package org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover;

import java.util.Collection;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/** Learns what has entered an offline set past the archive's writer. Must return quickly. */
@FunctionalInterface
public interface HandoverListener {

    /**
     * Called after each transaction that has moved something into an account's offline set.
     *
     * @param entered what is new to the account, in its order
     * @param returned what the archive had, and is undelivered after all
     */
    void tookOver(String owner, List<AppendedEntry> entered, Collection<Mid> returned);
}
