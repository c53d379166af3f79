package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** Whether somebody is at the client. */
public enum Activity {
    ACTIVE,
    /** By XEP-0352. */
    INACTIVE,
    /** Without connection, waiting for resumption (XEP-0198 §5). */
    DETACHED
}
