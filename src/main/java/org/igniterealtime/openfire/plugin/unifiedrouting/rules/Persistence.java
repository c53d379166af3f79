package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

public enum Persistence {
    ARCHIVED,
    TRANSIENT
}
