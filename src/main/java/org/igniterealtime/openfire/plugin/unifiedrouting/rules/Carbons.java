package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** Which messages are copied to carbons-enabled sessions, and to which of them. */
final class Carbons {

    /** XEP-0280 §6.1: payloads of XEP-0184, 0085 and 0333, and invitations to rooms, whatever the type. */
    private static final PayloadKinds MESSAGING = PayloadKinds.of(
            PayloadKind.RECEIPT,
            PayloadKind.RECEIPT_REQUEST,
            PayloadKind.CHAT_STATE,
            PayloadKind.MARKER,
            PayloadKind.MARKABLE,
            PayloadKind.DIRECT_INVITATION,
            PayloadKind.MEDIATED_INVITATION);

    private Carbons() {}

    /** @return whether XEP-0280 §6.1 or the archive makes the message one that all clients should see */
    static boolean areMadeOf(JudgedMessage message) {
        MessageFacts facts = message.facts();
        Verdict verdict = message.verdict();
        if (facts.isOwnWrapper() || facts.is(MessageType.GROUPCHAT) || verdict.audience() == Audience.NO_CLIENT) {
            return false;
        }
        if (isForbidden(facts)) {
            return false;
        }
        if (verdict.persistence() == Persistence.ARCHIVED && verdict.audience() == Audience.ALL_CLIENTS) {
            return true;
        }
        return switch (facts.type()) {
            case CHAT -> true;
            case NORMAL -> facts.has(PayloadKind.BODY) || facts.hasAnyOf(MESSAGING);
            case HEADLINE -> facts.hasAnyOf(MESSAGING);
            // An error that does not concern the archive would tell the other clients of a message they do not have.
            case ERROR, GROUPCHAT -> false;
        };
    }

    private static boolean isForbidden(MessageFacts facts) {
        return facts.has(PayloadKind.PRIVATE)
                // XEP-0334 §4.3, §5
                || facts.has(PayloadKind.NO_COPY) && facts.toResource() && !facts.isError()
                || facts.isForSingleClient()
                // The room sends one to each of the occupant's clients itself.
                || facts.isPrivateMessageOfRoom();
    }

    static boolean goTo(SessionSnapshot session, RuleSettings settings) {
        return session.is(SessionMode.CARBONS)
                && !session.is(SessionMode.ROUTING_NG)
                && (settings.carbonsToSubscribed() || !session.is(SessionMode.SUBSCRIBED));
    }
}
