package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.util.List;

/**
 * A part of an offline set, in order.
 *
 * @param messages none only if it is the last page
 * @param isLast whether there was nothing behind it. That it is shorter than asked for says nothing
 */
public record OfflinePage(List<OfflineMessage> messages, boolean isLast) {}
