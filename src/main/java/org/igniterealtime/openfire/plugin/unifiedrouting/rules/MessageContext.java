package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/**
 * What a rule must know and the stanza does not show.
 *
 * @param origin who sent it
 * @param recipientIsLocal whether the recipient's domain is this server's own
 * @param answersArchived for type error only: whether its id and sender are those of a message which the addressee
 *     sent and which is in the addressee's archive (R03)
 * @param nickname the account's nickname in the room that sends a groupchat message, empty if there is none (R04)
 */
public record MessageContext(Origin origin, boolean recipientIsLocal, boolean answersArchived, String nickname) {

    /** @return a message from one account of this server to another */
    public static MessageContext local() {
        return from(Origin.LOCAL_ACCOUNT);
    }

    /** @return a message to an account of this server */
    public static MessageContext from(Origin origin) {
        return new MessageContext(origin, true, false, "");
    }

    public MessageContext toRemoteRecipient() {
        return new MessageContext(origin, false, answersArchived, nickname);
    }

    public MessageContext answeringArchived() {
        return new MessageContext(origin, recipientIsLocal, true, nickname);
    }

    public MessageContext inRoomAs(String nickname) {
        return new MessageContext(origin, recipientIsLocal, answersArchived, nickname);
    }
}
