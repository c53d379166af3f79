package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Duration;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;

/**
 * The administrator's settings that decide about undelivered messages.
 *
 * @param enabled whether messages are kept for accounts that nobody is there for
 * @param mamAccountAge how long an account whose archive was used counts as one that reads it
 */
public record OfflineRules(boolean enabled, OfflineLimits limits, Duration mamAccountAge, RuleSettings rules) {}
