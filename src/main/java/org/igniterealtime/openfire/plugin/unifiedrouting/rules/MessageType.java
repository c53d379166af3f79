package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** The five types of RFC 6121 §5.2.2. */
public enum MessageType {
    NORMAL,
    CHAT,
    GROUPCHAT,
    HEADLINE,
    ERROR;

    /**
     * @param attribute the value of the stanza's {@code type} attribute, or null where there is none
     * @return the type; for a value that RFC 6121 does not know, "normal", as its §5.2.2 demands
     */
    public static MessageType of(String attribute) {
        if (attribute == null) {
            return NORMAL;
        }
        return switch (attribute) {
            case "chat" -> CHAT;
            case "groupchat" -> GROUPCHAT;
            case "headline" -> HEADLINE;
            case "error" -> ERROR;
            default -> NORMAL;
        };
    }
}
