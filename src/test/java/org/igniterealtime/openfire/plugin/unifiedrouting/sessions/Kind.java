package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import org.igniterealtime.openfire.testclient.Xml;

/** What is sent, by what the routing rules make of it (docs/routing-rules.md, sections 2 and 3). */
enum Kind {
    /** R14. */
    CHAT(Persistence.ARCHIVED, false, 8, "chat", "<body>%s</body>"),
    /** R14, without a type, which means normal. */
    NORMAL(Persistence.ARCHIVED, false, 4, null, "<body>%s</body>"),
    /** R16. */
    RECEIPT(Persistence.ARCHIVED, false, 3, null, "<received xmlns='urn:xmpp:receipts' id='%s'/>"),
    /** R06. */
    NO_STORE(Persistence.TRANSIENT, false, 2, "chat", "<body>%s</body><no-store xmlns='urn:xmpp:hints'/>"),
    /** R07. */
    NO_PERMANENT_STORE(
            Persistence.OFFLINE_ONLY, false, 4, "chat", "<body>%s</body><no-permanent-store xmlns='urn:xmpp:hints'/>"),
    /** R14, and to a full JID for nobody else. */
    PRIVATE(
            Persistence.ARCHIVED,
            true,
            3,
            "chat",
            "<body>%s</body><private xmlns='urn:xmpp:carbons:2'/><no-copy xmlns='urn:xmpp:hints'/>");

    /** Section 2. */
    enum Persistence {
        ARCHIVED,
        OFFLINE_ONLY,
        TRANSIENT
    }

    final Persistence persistence;

    /** To be addressed to a full JID, and then for that resource only. */
    final boolean oneClient;

    /** How often it is chosen, beside the others. */
    final int weight;

    private final String type;
    private final String payload;

    Kind(Persistence persistence, boolean oneClient, int weight, String type, String payload) {
        this.persistence = persistence;
        this.oneClient = oneClient;
        this.weight = weight;
        this.type = type;
        this.payload = payload;
    }

    boolean isArchived() {
        return persistence == Persistence.ARCHIVED;
    }

    boolean isPersistent() {
        return persistence != Persistence.TRANSIENT;
    }

    String stanza(String to, String id) {
        return "<message to='" + Xml.escape(to) + "' id='" + id + "'" + (type == null ? "" : " type='" + type + "'")
                + ">" + String.format(payload, id) + "</message>";
    }
}
