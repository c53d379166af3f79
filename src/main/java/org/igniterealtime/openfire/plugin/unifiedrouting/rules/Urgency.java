package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** Whether an inactive client (XEP-0352) is disturbed for a message. */
public enum Urgency {
    /** Delivered at once to an inactive client, wakes a sleeping one. */
    URGENT,
    /** May wait until the client is active. */
    DEFERRABLE
}
