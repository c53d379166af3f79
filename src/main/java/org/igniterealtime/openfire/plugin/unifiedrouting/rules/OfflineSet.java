package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** What the offline set takes (section 4). */
public final class OfflineSet {

    private OfflineSet() {}

    /** @param persistence the verdict's, within the account's preferences */
    public static boolean mayHold(JudgedMessage message, Persistence persistence) {
        if (persistence == Persistence.TRANSIENT) {
            return false;
        }
        // Whoever comes next may be in the room under no nickname, or under another one (XEP-0045 §7.5).
        if (message.facts().isPrivateMessageOfRoom()) {
            return false;
        }
        return switch (message.facts().type()) {
            case NORMAL, CHAT -> true;
            // News is worth a delay only to the author who says so. What an administrator's + keeps, the archive shows.
            case HEADLINE -> message.facts().has(PayloadKind.STORE);
            case GROUPCHAT, ERROR -> false;
        };
    }
}
