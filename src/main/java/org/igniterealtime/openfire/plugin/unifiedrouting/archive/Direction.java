package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/** Whether the archive's owner received a message or sent it. A message to oneself counts as received. */
public enum Direction {
    RECEIVED,
    SENT
}
