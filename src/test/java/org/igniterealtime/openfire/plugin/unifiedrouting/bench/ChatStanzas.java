package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.nio.charset.StandardCharsets;

/**
 * Chat messages as today's clients send them, ready to be written: body, origin-id, a receipt requested, markable; about
 * 290 bytes. Each has an id that no other one has. Not thread-safe.
 */
final class ChatStanzas {

    private static final int DIGITS = 9;
    private static final String NUMBER = "0".repeat(DIGITS);

    private final byte[] template;
    private final int[] numberEnds;
    private int next;

    /**
     * @param to whom they are for
     * @param idPrefix begins each id; a number follows
     */
    ChatStanzas(String to, String idPrefix) {
        String id = idPrefix + NUMBER;
        String xml = "<message type='chat' to='" + to + "' id='" + id + "'>"
                + "<body>The train is late again, I will be there at ten past six or so.</body>"
                + "<origin-id xmlns='urn:xmpp:sid:0' id='" + id + "'/>"
                + "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>";
        template = xml.getBytes(StandardCharsets.US_ASCII);
        numberEnds = new int[] {xml.indexOf(id) + id.length(), xml.lastIndexOf(id) + id.length()};
    }

    /** The length of each, in bytes. */
    int length() {
        return template.length;
    }

    /** Fills an array of that length with the next one. */
    void put(byte[] target) {
        System.arraycopy(template, 0, target, 0, template.length);
        for (int end : numberEnds) {
            int rest = next;
            for (int i = 1; rest > 0; i++) {
                target[end - i] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
        }
        next++;
    }
}
