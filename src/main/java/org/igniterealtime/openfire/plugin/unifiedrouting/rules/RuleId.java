package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** The rules of {@code docs/routing-rules.md}, section 3, in their order. */
public enum RuleId {
    R01("wrapper"),
    R02("error to bare JID"),
    R03("error to full JID"),
    R04("groupchat"),
    R05("single client"),
    R06("no-store"),
    R07("no-permanent-store"),
    R08("admin matcher"),
    R09("store"),
    R10("headline"),
    R11("call"),
    R12("amendment"),
    R13("encrypted"),
    R14("body"),
    R15("invitation"),
    R16("receipt or marker"),
    R17("subject"),
    R18("attention"),
    R19("signal"),
    R20("anything else");

    private final String title;

    RuleId(String title) {
        this.title = title;
    }

    /** @return the words that follow the id on the rules page */
    public String title() {
        return title;
    }
}
