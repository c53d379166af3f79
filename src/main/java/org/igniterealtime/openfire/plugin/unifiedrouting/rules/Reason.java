package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/**
 * Why a verdict is what it is.
 *
 * @param rule the rule that decided
 * @param text what it found in the stanza, a few words
 * @param urgencyRule the rule that decided the urgency: {@code rule} itself, or the first of R10 to R20 that matches
 *     where {@code rule} leaves the urgency to the payload
 */
public record Reason(RuleId rule, String text, RuleId urgencyRule) {

    /** @return one line for a log or the page "Explain a message", such as {@code R06 no-store: hint no-store} */
    @Override
    public String toString() {
        String decided = rule + " " + rule.title() + ": " + text;
        return urgencyRule == rule ? decided : decided + "; urgency by " + urgencyRule + " " + urgencyRule.title();
    }
}
