package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Audience.NO_CLIENT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Audience.ONE_CLIENT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence.ARCHIVED;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence.OFFLINE_ONLY;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence.TRANSIENT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Rule.rule;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Urgency.DEFERRABLE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Urgency.URGENT;

import java.util.List;

/**
 * The rules of {@code docs/routing-rules.md}, section 3, in order: the first that matches decides. What is worth keeping
 * is worth disturbing for, unless hint or payload says otherwise. Pure and total.
 */
public final class RoutingRules {

    private static final List<Rule> RULES = List.of(
            // A copy of what was judged already: neither history nor news (XEP-0280 §7, XEP-0313 §4.2, mamsub).
            rule(RuleId.R01, "a copy made by this server", (f, s) -> f.isOwnWrapper(), TRANSIENT, DEFERRABLE)
                    .onlyFor(ONE_CLIENT),
            // Answers what the server said in the account's name: no client asked (RFC 6121 §8.5.4, XEP-0409 §5).
            rule(RuleId.R02, "error to a bare JID", (f, s) -> f.isError() && !f.toResource(), TRANSIENT, DEFERRABLE)
                    .onlyFor(NO_CLIENT),
            // All clients show the message, so all must learn that it bounced (XEP-0280 §6.1, XEP-0409 §5).
            rule(RuleId.R03, "answers what is archived", (f, s) -> f.isErrorOfArchived(), ARCHIVED, DEFERRABLE),
            rule(RuleId.R03, "echoes what is archived", RoutingRules::isErrorEchoingArchived, ARCHIVED, DEFERRABLE),
            rule(RuleId.R03, "answers nothing that is archived", (f, s) -> f.isError(), TRANSIENT, DEFERRABLE)
                    .onlyFor(ONE_CLIENT),
            // Rooms keep their own archive (XEP-0313 §6.1.2); whom they may disturb is a setting.
            rule(RuleId.R04, "groupchat that disturbs", RoutingRules::isUrgentGroupchat, TRANSIENT, URGENT),
            rule(RuleId.R04, "groupchat", (f, s) -> f.is(MessageType.GROUPCHAT), TRANSIENT, DEFERRABLE),
            // What one client alone may see is no history of the account (XEP-0409 §4.3, §5).
            rule(RuleId.R05, "im-ng on a full JID", (f, s) -> f.isForSingleClient(), TRANSIENT)
                    .onlyFor(ONE_CLIENT),
            // Privacy first: beats store, which XEP-0334 leaves open (§4.2, §4.4), and the administrator.
            rule(RuleId.R06, "hint no-store", (f, s) -> f.has(PayloadKind.NO_STORE), TRANSIENT),
            // It limits what would be kept; a chat state is not kept because of it (XEP-0334 §4.1, XEP-0160 §3).
            rule(RuleId.R07, "hint no-permanent-store", RoutingRules::isArchivedUnlessLimited, OFFLINE_ONLY),
            // The administrator's list comes before hint, type and payload, as Tigase's does (section 7).
            rule(RuleId.R08, "an administrator's path stores it", (f, s) -> f.isMatchedBy(true), ARCHIVED),
            rule(RuleId.R08, "an administrator's path does not store it", (f, s) -> f.isMatchedBy(false), TRANSIENT),
            // The sender knows best what a payload is worth (XEP-0334 §4.4).
            rule(RuleId.R09, "hint store", (f, s) -> f.has(PayloadKind.STORE), ARCHIVED),
            // News for who is there, worthless later (RFC 6121 §5.2.2, XEP-0160 §3).
            rule(RuleId.R10, "type headline", (f, s) -> f.is(MessageType.HEADLINE), TRANSIENT, DEFERRABLE),
            // Phones must ring, and fall silent where another client answered (XEP-0353 §3, XEP-0482 §2).
            rule(RuleId.R11, "a call", (f, s) -> f.has(PayloadKind.CALL), ARCHIVED, URGENT),
            // Without it the history is wrong; a body beside it is a fallback (XEP-0308, 0422, 0424, 0425, 0444).
            rule(RuleId.R12, "an amendment", (f, s) -> f.isAmendment(), ARCHIVED, DEFERRABLE),
            // The server cannot see that it is chat, so it must assume it is (XEP-0380 §1, XEP-0384 §5.5).
            rule(RuleId.R13, "encrypted content", (f, s) -> f.isEncrypted(), ARCHIVED, URGENT),
            // What archives and offline storage are there for (XEP-0313 §6.1.1, XEP-0160 §3).
            rule(RuleId.R14, "a body", (f, s) -> f.has(PayloadKind.BODY), ARCHIVED, URGENT),
            // Somebody waits in a room (XEP-0249 §2, XEP-0045 §7.8).
            rule(RuleId.R15, "an invitation", (f, s) -> f.isInvitation(), ARCHIVED, URGENT),
            // History shows what arrived and what was read; nobody is to be woken for it (XEP-0184, XEP-0333).
            rule(RuleId.R16, "a receipt or marker", (f, s) -> f.isConfirmation(), ARCHIVED, DEFERRABLE),
            // Something was said, if quietly (RFC 6121 §5.2.4).
            rule(RuleId.R17, "a subject", (f, s) -> f.has(PayloadKind.SUBJECT), ARCHIVED, DEFERRABLE),
            // Now or never (XEP-0224).
            rule(RuleId.R18, "attention", (f, s) -> f.has(PayloadKind.ATTENTION), TRANSIENT, URGENT),
            // True for a moment only (XEP-0085, 0301, 0166), or kept by its own service (XEP-0060, even as normal).
            rule(RuleId.R19, "a signal", (f, s) -> f.isSignal() && !f.isUnknown(), TRANSIENT, DEFERRABLE),
            // To keep the unknown fills archives, to drop it may lose something: a setting (XEP-0313 §6.1.1).
            rule(RuleId.R20, "unknown payload, kept by setting", RoutingRules::isKeptUnknown, ARCHIVED, DEFERRABLE),
            rule(RuleId.R20, "nothing to keep", (f, s) -> true, TRANSIENT, DEFERRABLE));

    private RoutingRules() {}

    /** @return what is decided about a message with these facts */
    public static Verdict judge(MessageFacts facts, RuleSettings settings) {
        Rule rule = firstFrom(RuleId.R01, facts, settings);
        Rule urgency = rule.urgency().isPresent() ? rule : firstFrom(RuleId.R10, facts, settings);
        return new Verdict(
                rule.persistence(),
                urgency.urgency().orElse(DEFERRABLE),
                rule.audience().orElse(addressed(facts, rule.persistence())),
                new Reason(rule.id(), rule.text(), urgency.id()));
    }

    static List<Rule> rules() {
        return RULES;
    }

    private static Rule firstFrom(RuleId start, MessageFacts facts, RuleSettings settings) {
        for (Rule rule : RULES) {
            if (rule.id().compareTo(start) >= 0 && rule.condition().holds(facts, settings)) {
                return rule;
            }
        }
        return RULES.get(RULES.size() - 1);
    }

    /** The last paragraph of section 3, for rules that do not name an audience. */
    private static Audience addressed(MessageFacts facts, Persistence persistence) {
        if (!facts.toResource()) {
            return Audience.ALL_CLIENTS;
        }
        boolean onlyAddressed = persistence == TRANSIENT
                || facts.has(PayloadKind.PRIVATE)
                || facts.has(PayloadKind.NO_COPY) && !facts.isError() // XEP-0334 §5: not heeded in errors
                || facts.has(PayloadKind.IM_NG) // an error, all else is R05
                || facts.isPrivateMessageOfRoom();
        // XEP-0409 §5, last interoperability rule: who had to pick a resource means the person.
        return onlyAddressed ? ONE_CLIENT : Audience.ALL_CLIENTS;
    }

    private static boolean isErrorEchoingArchived(MessageFacts facts, RuleSettings settings) {
        return facts.isError()
                && firstFrom(RuleId.R05, facts.echoedAsChat(), settings).persistence() == ARCHIVED;
    }

    private static boolean isUrgentGroupchat(MessageFacts facts, RuleSettings settings) {
        return facts.is(MessageType.GROUPCHAT)
                && (facts.isReadable() || facts.has(PayloadKind.SUBJECT))
                && (settings.groupchatUrgency() == GroupchatUrgency.CONTENT || facts.has(PayloadKind.MENTION));
    }

    private static boolean isArchivedUnlessLimited(MessageFacts facts, RuleSettings settings) {
        return facts.has(PayloadKind.NO_PERMANENT_STORE)
                && firstFrom(RuleId.R08, facts, settings).persistence() == ARCHIVED;
    }

    private static boolean isKeptUnknown(MessageFacts facts, RuleSettings settings) {
        return settings.unknownPayload() == UnknownPayload.ARCHIVED && facts.isUnknown();
    }
}
