package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.Optional;

/**
 * One row of section 3.
 *
 * @param text what the condition found, as the reason says it
 * @param urgency empty where the payload decides: the first matching rule from R10 on
 * @param audience empty where the address decides
 */
record Rule(
        RuleId id,
        String text,
        Condition condition,
        Persistence persistence,
        Optional<Urgency> urgency,
        Optional<Audience> audience) {

    interface Condition {
        boolean holds(MessageFacts facts, RuleSettings settings);
    }

    static Rule rule(RuleId id, String text, Condition condition, Persistence persistence) {
        return new Rule(id, text, condition, persistence, Optional.empty(), Optional.empty());
    }

    static Rule rule(RuleId id, String text, Condition condition, Persistence persistence, Urgency urgency) {
        return new Rule(id, text, condition, persistence, Optional.of(urgency), Optional.empty());
    }

    Rule onlyFor(Audience audience) {
        return new Rule(id, text, condition, persistence, urgency, Optional.of(audience));
    }
}
