package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** Setting {@code urgency.groupchat}: which messages of rooms may disturb an inactive client. */
public enum GroupchatUrgency {
    /** Those with a body, encrypted content or a subject. */
    CONTENT,
    /** Those among them that mention the account, by XEP-0372 or by name in the body. */
    MENTIONS
}
