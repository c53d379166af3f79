package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.Optional;

/**
 * Everything a rule looks at, read from a stanza once. Immutable.
 *
 * @param type the stanza's type; an invalid one counts as normal
 * @param toResource whether it is addressed to a full JID; without {@code to} it is for the sender's own bare JID
 * @param fromResource whether it comes from a full JID
 * @param payloads what its children are, whatever their order and number
 * @param storePath the administrator's matcher that decides about it, if one matches (section 7)
 * @param context what the stanza does not show
 */
public record MessageFacts(
        MessageType type,
        boolean toResource,
        boolean fromResource,
        PayloadKinds payloads,
        Optional<StorePath> storePath,
        MessageContext context) {

    private static final PayloadKinds HINTS = PayloadKinds.of(
            PayloadKind.NO_STORE, PayloadKind.NO_PERMANENT_STORE, PayloadKind.STORE, PayloadKind.NO_COPY);

    private static final PayloadKinds WRAPPERS =
            PayloadKinds.of(PayloadKind.CARBON, PayloadKind.ARCHIVE_RESULT, PayloadKind.ARCHIVE_NOTIFICATION);

    private static final PayloadKinds AMENDMENTS = PayloadKinds.of(
            PayloadKind.CORRECTION,
            PayloadKind.RETRACTION,
            PayloadKind.MODERATION,
            PayloadKind.REACTION,
            PayloadKind.FASTENING);

    private static final PayloadKinds CONFIRMATIONS = PayloadKinds.of(PayloadKind.RECEIPT, PayloadKind.MARKER);

    private static final PayloadKinds SIGNALS = PayloadKinds.of(
            PayloadKind.CHAT_STATE,
            PayloadKind.REAL_TIME_TEXT,
            PayloadKind.KEY_TRANSPORT,
            PayloadKind.PUBSUB_EVENT,
            PayloadKind.JINGLE);

    private static final PayloadKinds POSSIBLY_ENCRYPTED = PayloadKinds.of(PayloadKind.BODY, PayloadKind.UNKNOWN);

    private static final PayloadKinds INVITATIONS =
            PayloadKinds.of(PayloadKind.DIRECT_INVITATION, PayloadKind.MEDIATED_INVITATION);

    /**
     * Reads a stanza in one pass over its children.
     *
     * @param stanza the {@code message} element
     */
    public static MessageFacts of(ElementView stanza, MessageContext context, RuleSettings settings) {
        MessageType type = MessageType.of(stanza.attribute("type").orElse(null));
        String to = stanza.attribute("to").orElse("");
        String from = stanza.attribute("from").orElse("");
        Builder facts = new Builder(context)
                .type(type)
                .toResource(hasResource(to))
                .fromResource(hasResource(from))
                .storePaths(settings.storePaths().search(new EffectivelyTyped(stanza, type)));
        if (type == MessageType.GROUPCHAT && settings.groupchatUrgency() == GroupchatUrgency.MENTIONS) {
            facts.mentions(Mentions.of(from, to, context.nickname()));
        }
        for (ElementView child : stanza.children()) {
            facts.child(child);
        }
        return facts.build();
    }

    /** @return an empty normal message to a bare JID, to be filled */
    public static Builder builder(MessageContext context) {
        return new Builder(context);
    }

    public boolean has(PayloadKind kind) {
        return payloads.has(kind);
    }

    public boolean hasAnyOf(PayloadKinds kinds) {
        return payloads.hasAnyOf(kinds);
    }

    public boolean is(MessageType other) {
        return type == other;
    }

    public boolean isError() {
        return type == MessageType.ERROR;
    }

    /** @return whether this server made it to carry another message; a wrapper from anybody else is forged */
    public boolean isOwnWrapper() {
        return context.origin() == Origin.THIS_SERVER && hasAnyOf(WRAPPERS);
    }

    boolean isErrorOfArchived() {
        return isError() && context.answersArchived();
    }

    boolean isMatchedBy(boolean store) {
        return storePath.isPresent() && storePath.get().store() == store;
    }

    boolean isAmendment() {
        return hasAnyOf(AMENDMENTS);
    }

    /** @return whether it is a receipt (XEP-0184) or a marker (XEP-0333) */
    public boolean isConfirmation() {
        return hasAnyOf(CONFIRMATIONS);
    }

    boolean isSignal() {
        return hasAnyOf(SIGNALS);
    }

    /** @return whether it carries anything that no rule knows, forged wrappers among it */
    boolean isUnknown() {
        return has(PayloadKind.UNKNOWN) || hasAnyOf(WRAPPERS);
    }

    /** @return whether it says something: a body, or encrypted content */
    public boolean isReadable() {
        return has(PayloadKind.BODY) || isEncrypted();
    }

    /**
     * @return whether it has encrypted content: of a kind that is known, or what an XEP-0380 notice may speak of, a body
     *     or something unknown. A notice alone is none, nor are keys
     */
    public boolean isEncrypted() {
        return has(PayloadKind.ENCRYPTED)
                || has(PayloadKind.ENCRYPTION_NOTICE)
                        && hasAnyOf(POSSIBLY_ENCRYPTED)
                        && !has(PayloadKind.KEY_TRANSPORT);
    }

    /** @return whether it invites to a room */
    public boolean isInvitation() {
        return hasAnyOf(INVITATIONS);
    }

    /** @return whether an occupant of a room sent it as a private message (XEP-0045 §7.5) */
    public boolean isPrivateMessageOfRoom() {
        // A room sends it to the occupant's full JID; what comes to the bare JID is no such message.
        if (!toResource || type != MessageType.CHAT && type != MessageType.NORMAL) {
            return false;
        }
        // Of a remote room nothing is known but the mark that its private messages should carry.
        return context.origin() == Origin.OCCUPANT
                || context.origin() == Origin.ELSEWHERE && fromResource && has(PayloadKind.ROOM_MARK);
    }

    /** @return whether it asks for one client only (XEP-0409); on a bare JID the element means nothing */
    public boolean isForSingleClient() {
        return toResource && has(PayloadKind.IM_NG);
    }

    /**
     * @return what an error echoes, as if it were the chat message that it answers. XEP-0334: hints in errors are
     *     ignored
     */
    MessageFacts echoedAsChat() {
        return new MessageFacts(
                MessageType.CHAT, toResource, fromResource, payloads.without(HINTS), storePath, context);
    }

    /** RFC 7622 §3.1: the first slash ends the bare JID. The JID need not be valid for that. */
    private static boolean hasResource(String jid) {
        int slash = jid.indexOf('/');
        return slash >= 0 && slash < jid.length() - 1;
    }

    /** Collects facts, child by child. Not thread-safe; used once. */
    public static final class Builder {
        private final PayloadRegistry registry = PayloadRegistry.standard();
        private final MessageContext context;
        private MessageType type = MessageType.NORMAL;
        private boolean toResource;
        private boolean fromResource;
        private StorePaths.Search storePaths = StorePaths.NONE.search(ElementView.empty("message", ""));
        private Mentions mentions = Mentions.NOT_ASKED;
        private long payloads;

        private Builder(MessageContext context) {
            this.context = context;
        }

        public Builder type(MessageType type) {
            this.type = type;
            return this;
        }

        public Builder toResource(boolean toResource) {
            this.toResource = toResource;
            return this;
        }

        public Builder fromResource(boolean fromResource) {
            this.fromResource = fromResource;
            return this;
        }

        public Builder child(ElementView child) {
            PayloadKind kind = registry.kindOf(child);
            payloads |= PayloadKinds.bit(kind);
            storePaths.child(child);
            if (mentions.isAskedFor() && mentions.in(child, kind)) {
                payloads |= PayloadKinds.bit(PayloadKind.MENTION);
            }
            return this;
        }

        /** Adds a child with nothing in it. */
        public Builder child(String name, String namespace) {
            return child(ElementView.empty(name, namespace));
        }

        public Builder payload(PayloadKind kind) {
            payloads |= PayloadKinds.bit(kind);
            return this;
        }

        public MessageFacts build() {
            return new MessageFacts(
                    type, toResource, fromResource, new PayloadKinds(payloads), storePaths.decidedBy(), context);
        }

        private Builder storePaths(StorePaths.Search search) {
            this.storePaths = search;
            return this;
        }

        private Builder mentions(Mentions mentions) {
            this.mentions = mentions;
            return this;
        }
    }
}
