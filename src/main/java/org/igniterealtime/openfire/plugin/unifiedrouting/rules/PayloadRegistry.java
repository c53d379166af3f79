package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What each child element of a message means. A new payload is one new line in {@link #standard()}; a payload that is
 * not listed is {@link PayloadKind#UNKNOWN}. Immutable.
 */
public final class PayloadRegistry {

    private static final String ANY = "*";
    private static final PayloadRegistry STANDARD = standard(new Builder());

    private final Map<String, Map<String, Look>> looksByNamespace;

    private PayloadRegistry(Map<String, Map<String, Look>> looksByNamespace) {
        this.looksByNamespace = looksByNamespace;
    }

    /** @return the payloads that the rules know */
    public static PayloadRegistry standard() {
        return STANDARD;
    }

    private static PayloadRegistry standard(Builder known) {
        for (String stanza : StanzaNamespaces.ALL) {
            known.element(stanza, "body", withText(PayloadKind.BODY))
                    .element(stanza, "subject", withText(PayloadKind.SUBJECT))
                    .element(stanza, "thread", PayloadKind.METADATA)
                    .element(stanza, "error", PayloadKind.METADATA);
        }
        return known
                // Encryption: XEP-0384 (both generations), 0373, 0027, 0200, RFC 3923; XEP-0380
                .element("eu.siacs.conversations.axolotl", "encrypted", PayloadRegistry::omemo)
                .element("urn:xmpp:omemo:1", "encrypted", PayloadRegistry::omemo)
                .element("urn:xmpp:omemo:2", "encrypted", PayloadRegistry::omemo)
                .element("urn:xmpp:openpgp:0", "openpgp", withText(PayloadKind.ENCRYPTED))
                .element("jabber:x:encrypted", "x", withText(PayloadKind.ENCRYPTED))
                .element("http://www.xmpp.org/extensions/xep-0200.html#ns", "c", PayloadRegistry::encryptedSession)
                .element("urn:ietf:params:xml:ns:xmpp-e2e", "e2e", withText(PayloadKind.ENCRYPTED))
                .element("urn:xmpp:eme:0", "encryption", PayloadKind.ENCRYPTION_NOTICE)
                // Invitations: XEP-0249, XEP-0045 §7.8.2
                .element("jabber:x:conference", "x", PayloadKind.DIRECT_INVITATION)
                .element("http://jabber.org/protocol/muc#user", "x", PayloadRegistry::mucUser)
                // Calls: XEP-0353, XEP-0482
                .namespace("urn:xmpp:jingle-message:0", PayloadKind.CALL)
                .namespace("urn:xmpp:jingle-message:1", PayloadKind.CALL)
                .namespace("urn:xmpp:call-invites:0", PayloadKind.CALL)
                // Amendments: XEP-0308, 0424, 0425, 0444, 0422
                .element("urn:xmpp:message-correct:0", "replace", PayloadKind.CORRECTION)
                .element("urn:xmpp:message-retract:0", "retract", PayloadKind.RETRACTION)
                .element("urn:xmpp:message-retract:1", "retract", PayloadKind.RETRACTION)
                .namespace("urn:xmpp:message-moderate:0", PayloadKind.MODERATION)
                .namespace("urn:xmpp:message-moderate:1", PayloadKind.MODERATION)
                .element("urn:xmpp:reactions:0", "reactions", PayloadKind.REACTION)
                .element("urn:xmpp:fasten:0", "apply-to", PayloadKind.FASTENING)
                // Receipts and markers: XEP-0184, 0333
                .element("urn:xmpp:receipts", "received", PayloadKind.RECEIPT)
                .element("urn:xmpp:receipts", "request", PayloadKind.RECEIPT_REQUEST)
                .element("urn:xmpp:chat-markers:0", "received", PayloadKind.MARKER)
                .element("urn:xmpp:chat-markers:0", "displayed", PayloadKind.MARKER)
                .element("urn:xmpp:chat-markers:0", "acknowledged", PayloadKind.MARKER)
                .element("urn:xmpp:chat-markers:0", "markable", PayloadKind.MARKABLE)
                // Signals: XEP-0224, 0085, 0301, 0060, 0166, 0047
                .element("urn:xmpp:attention:0", "attention", PayloadKind.ATTENTION)
                .namespace("http://jabber.org/protocol/chatstates", PayloadKind.CHAT_STATE)
                .element("urn:xmpp:rtt:0", "rtt", PayloadKind.REAL_TIME_TEXT)
                .element("http://jabber.org/protocol/pubsub#event", "event", PayloadKind.PUBSUB_EVENT)
                .namespace("urn:xmpp:jingle:1", PayloadKind.JINGLE)
                .element("http://jabber.org/protocol/ibb", "data", PayloadKind.JINGLE)
                // Wrappers: XEP-0280, 0313, MAM subscriptions
                .element("urn:xmpp:carbons:2", "sent", PayloadKind.CARBON)
                .element("urn:xmpp:carbons:2", "received", PayloadKind.CARBON)
                .element("urn:xmpp:mam:2", "result", PayloadKind.ARCHIVE_RESULT)
                .element("urn:xmpp:mam:1", "result", PayloadKind.ARCHIVE_RESULT)
                .element("urn:xmpp:mam:0", "result", PayloadKind.ARCHIVE_RESULT)
                .element("urn:xmpp:mam:0", "fin", PayloadKind.ARCHIVE_RESULT)
                .element("urn:xmpp:mam:sub:0", "mamsub", PayloadKind.ARCHIVE_NOTIFICATION)
                // Wishes: XEP-0334 and what it was called before, 0280, 0409
                .element("urn:xmpp:hints", "no-store", PayloadKind.NO_STORE)
                .element("urn:xmpp:hints", "no-storage", PayloadKind.NO_STORE)
                .element("urn:xmpp:hints", "no-permanent-store", PayloadKind.NO_PERMANENT_STORE)
                .element("urn:xmpp:hints", "no-permanent-storage", PayloadKind.NO_PERMANENT_STORE)
                .element("urn:xmpp:hints", "store", PayloadKind.STORE)
                .element("urn:xmpp:hints", "no-copy", PayloadKind.NO_COPY)
                .element("urn:xmpp:carbons:2", "private", PayloadKind.PRIVATE)
                .element("urn:xmpp:im-ng:0", "im-ng", PayloadKind.IM_NG)
                // About the message: XEP-0372, 0359, 0203 and 0091, 0461, 0428, 0421, 0131, 0033, 0172, 0079
                .element("urn:xmpp:reference:0", "reference", PayloadKind.METADATA)
                .namespace("urn:xmpp:sid:0", PayloadKind.METADATA)
                .element("urn:xmpp:delay", "delay", PayloadKind.METADATA)
                .element("jabber:x:delay", "x", PayloadKind.METADATA)
                .element("urn:xmpp:reply:0", "reply", PayloadKind.METADATA)
                .element("urn:xmpp:fallback:0", "fallback", PayloadKind.METADATA)
                .element("urn:xmpp:occupant-id:0", "occupant-id", PayloadKind.METADATA)
                .element("http://jabber.org/protocol/shim", "headers", PayloadKind.METADATA)
                .element("http://jabber.org/protocol/address", "addresses", PayloadKind.METADATA)
                .element("http://jabber.org/protocol/nick", "nick", PayloadKind.METADATA)
                .element("http://jabber.org/protocol/amp", "amp", PayloadKind.METADATA)
                .build();
    }

    /** @return every line of the registry as a namespace and a name, {@code *} for any, with a space between */
    Set<String> lines() {
        return looksByNamespace.entrySet().stream()
                .flatMap(looks -> looks.getValue().keySet().stream().map(name -> looks.getKey() + " " + name))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** @return what a child of a message is; never null */
    public PayloadKind kindOf(ElementView child) {
        Map<String, Look> looks = looksByNamespace.get(child.namespace());
        if (looks == null) {
            return PayloadKind.UNKNOWN;
        }
        Look look = looks.get(child.name());
        if (look == null) {
            look = looks.get(ANY);
        }
        return look == null ? PayloadKind.UNKNOWN : look.at(child);
    }

    /** An element that is there but empty says nothing; it is not unknown either. */
    private static Look withText(PayloadKind kind) {
        return child -> child.hasText() ? kind : PayloadKind.METADATA;
    }

    private static PayloadKind omemo(ElementView encrypted) {
        // Without a text in it, anybody could wake anybody's phone with an empty element.
        return hasChild(encrypted, "payload", ElementView::hasText) ? PayloadKind.ENCRYPTED : PayloadKind.KEY_TRANSPORT;
    }

    private static PayloadKind encryptedSession(ElementView c) {
        boolean empty = !c.hasText() && !c.children().iterator().hasNext();
        return empty ? PayloadKind.METADATA : PayloadKind.ENCRYPTED;
    }

    private static PayloadKind mucUser(ElementView x) {
        if (hasChild(x, "invite", invite -> true)) {
            return PayloadKind.MEDIATED_INVITATION;
        }
        boolean empty = !x.children().iterator().hasNext();
        return empty ? PayloadKind.ROOM_MARK : PayloadKind.UNKNOWN;
    }

    private static boolean hasChild(ElementView parent, String name, Predicate<ElementView> condition) {
        for (ElementView child : parent.children()) {
            // Core may lose a child's namespace on the way; a payload missed would be a message lost.
            boolean isSameNamespace =
                    child.namespace().isEmpty() || child.namespace().equals(parent.namespace());
            if (child.name().equals(name) && isSameNamespace && condition.test(child)) {
                return true;
            }
        }
        return false;
    }

    /** How an element of a known name is told apart: mostly not at all, sometimes by what is in it. */
    private interface Look {
        PayloadKind at(ElementView child);
    }

    private static final class Builder {
        private final Map<String, Map<String, Look>> looksByNamespace = new HashMap<>();

        Builder element(String namespace, String name, Look look) {
            looksByNamespace.computeIfAbsent(namespace, n -> new HashMap<>()).put(name, look);
            return this;
        }

        Builder element(String namespace, String name, PayloadKind kind) {
            return element(namespace, name, child -> kind);
        }

        Builder namespace(String namespace, PayloadKind kind) {
            return element(namespace, ANY, kind);
        }

        PayloadRegistry build() {
            return new PayloadRegistry(Map.copyOf(looksByNamespace));
        }
    }
}
