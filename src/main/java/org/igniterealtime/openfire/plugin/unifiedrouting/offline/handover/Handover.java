package org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover;

import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;

/**
 * The way between Openfire's own offline store and offline sets. A message is moved: taken out of one and put into the other
 * in one transaction, some hundred of them in each. So it can be ended at any moment, by the loss of power too, and begun
 * again. Implementations are thread-safe; every method throws {@link StoreUnavailable} when the database fails, and what was
 * moved before stays moved.
 */
public interface Handover {

    /** The accounts of which Openfire's store holds something. */
    List<String> owners();

    /**
     * Moves what Openfire's store holds of an account into its offline set, in the order in which it was put there. What
     * somebody else takes out of the store meanwhile is not moved.
     *
     * @return how many messages were moved
     */
    int takeOver(String owner);

    /** The accounts that have an offline set. */
    List<String> heirs();

    /**
     * Moves the offline set of an account into Openfire's store.
     *
     * @return how many messages were moved
     */
    int giveBack(String owner);
}
