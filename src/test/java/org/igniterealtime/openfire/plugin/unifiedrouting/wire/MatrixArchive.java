package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.notifiedMid;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;

/** What an account has in its archive, and under which id; what a session gets of a message must carry that one. */
final class MatrixArchive {

    private static final QName STANZA_ID = QName.get("stanza-id", "urn:xmpp:sid:0");

    private final String account;
    private final String domain;
    private final Map<String, String> mids = new HashMap<>();

    private MatrixArchive(String account, List<MamResult> archive) {
        this.account = account;
        this.domain = account.substring(account.indexOf('@') + 1);
        archive.forEach(result -> mids.put(key(result.message()), result.id()));
    }

    /** @param reader a session of the account; it is one that reads its archive from now on */
    static MatrixArchive of(RawClient reader) {
        return new MatrixArchive(reader.bareJid(), MamQuery.by(reader).all(250));
    }

    /** An error has the id of what it answers. */
    private static String key(Element message) {
        return message.attributeValue("type") + " " + message.attributeValue("id");
    }

    /** Nothing if a copy has the ids that it must have and no others; else what is wrong. */
    String wrongId(Element copy) {
        Element message = forwardedMessage(copy) == null ? copy : forwardedMessage(copy);
        String mid = mids.get(key(message));
        Map<String, String> expected = mid == null ? kept(message) : Map.of(account, mid);
        Map<String, String> found = message.elements(STANZA_ID).stream()
                .collect(Collectors.toMap(
                        id -> id.attributeValue("by"), id -> id.attributeValue("id"), (a, b) -> a + " and " + b));
        boolean isRight =
                mid == null && !expected.isEmpty() ? found.keySet().equals(expected.keySet()) : found.equals(expected);
        boolean isNotedRight = !isSubscriptionNotification().test(copy) || Objects.equals(notifiedMid(copy), mid);
        return isRight && isNotedRight ? "" : " with the ids " + found + " in place of " + expected;
    }

    /** What is kept until it is delivered has an id that no archive knows. */
    private Map<String, String> kept(Element message) {
        boolean isKept = child(message, "no-permanent-store", "urn:xmpp:hints") != null
                && Set.of(account).contains(bare(message.attributeValue("to")));
        return isKept ? Map.of(domain, "some") : Map.of();
    }

    private static String bare(String address) {
        return address == null ? "" : address.split("/", 2)[0];
    }
}
