package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** Setting {@code offline.quota-exceeded}: what the sender learns when the offline limit is reached. */
public enum QuotaExceeded {
    ERROR,
    DROP
}
