package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** What is decided about one message, for every consumer: archive, offline set, copies, client state, push, errors. */
public record Verdict(Persistence persistence, Urgency urgency, Audience audience, Reason reason) {

    /** @return whether the rule with this id decided */
    public boolean by(RuleId rule) {
        return reason.rule() == rule;
    }
}
