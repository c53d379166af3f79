package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.util.Optional;

/**
 * How many undelivered messages of one sender an account may have, as the administrator says (ROUTING-RULES section 7).
 *
 * @param pairLimit of accounts that have no limit of their own, or may not have one
 * @param ownAllowed whether accounts may set a limit of their own
 * @param largestOwn the largest one that they may set; {@link OfflineLimit#NONE} lets them have none
 */
public record OfflineLimits(OfflineLimit pairLimit, boolean ownAllowed, OfflineLimit largestOwn) {

    /** Whether an account may set this limit. */
    public boolean allows(OfflineLimit wanted) {
        return ownAllowed && wanted.messages() <= largestOwn.messages();
    }

    /**
     * The limit that holds for an account. One that was set when the administrator allowed more is cut to what is allowed
     * now.
     *
     * @param own what the account has set
     */
    public OfflineLimit inForce(Optional<OfflineLimit> own) {
        if (!ownAllowed || own.isEmpty()) {
            return pairLimit;
        }
        return allows(own.get()) ? own.get() : largestOwn;
    }
}
