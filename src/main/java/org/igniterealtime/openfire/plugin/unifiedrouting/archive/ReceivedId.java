package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/**
 * What a message that an account has received is known by.
 *
 * @param archived whether the archive shows it; else it is kept until it is delivered
 */
public record ReceivedId(Mid mid, boolean archived) {}
