package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import java.util.List;

/**
 * What one session was told of the archive, by MIDs in the order in which they came.
 *
 * @param session the kind of start and the full JID
 * @param account the user name
 * @param behind history begins behind this entry; empty = from the start, null = with the subscription
 * @param endBefore the archive's last entry right before the request; null where history was asked for
 * @param endAfter the archive's last entry right after the result; null where history was asked for
 * @param queried the results of queries; null where the session is subscribed
 * @param told notifications, or the messages themselves where there are queries
 */
record StartRecord(
        String session,
        String account,
        String behind,
        String endBefore,
        String endAfter,
        List<String> queried,
        List<String> told) {}
