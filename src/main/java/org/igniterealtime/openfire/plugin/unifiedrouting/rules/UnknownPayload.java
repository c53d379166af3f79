package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** Setting {@code rules.unknown-payload}: what becomes of a message of which nothing is known (R20). */
public enum UnknownPayload {
    TRANSIENT,
    ARCHIVED
}
