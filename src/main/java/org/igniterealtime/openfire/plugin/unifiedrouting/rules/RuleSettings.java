package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/**
 * The settings that rules and delivery plans read. Immutable: a changed property makes a new one.
 *
 * @param unknownPayload what becomes of a message of which nothing is known (R20)
 * @param groupchatUrgency which messages of rooms are urgent (R04)
 * @param storePaths the administrator's matchers (R08, section 7)
 * @param plainRouting Openfire's own setting for plain sessions
 * @param carbonsToSubscribed whether a subscribed session gets carbons beside its notifications
 * @param quotaExceeded what the sender learns when the offline limit is reached
 * @param archiveQuotaReaction what happens when an archive is over its quota
 */
public record RuleSettings(
        UnknownPayload unknownPayload,
        GroupchatUrgency groupchatUrgency,
        StorePaths storePaths,
        PlainRouting plainRouting,
        boolean carbonsToSubscribed,
        QuotaExceeded quotaExceeded,
        ArchiveQuotaReaction archiveQuotaReaction) {

    private static final RuleSettings DEFAULTS = builder().build();

    public static RuleSettings defaults() {
        return DEFAULTS;
    }

    /** @return a builder that starts from the defaults */
    public static Builder builder() {
        return new Builder();
    }

    /** Not thread-safe. */
    public static final class Builder {
        private UnknownPayload unknownPayload = UnknownPayload.TRANSIENT;
        private GroupchatUrgency groupchatUrgency = GroupchatUrgency.CONTENT;
        private StorePaths storePaths = StorePaths.NONE;
        private PlainRouting plainRouting = PlainRouting.MOST_AVAILABLE;
        private boolean carbonsToSubscribed = true;
        private QuotaExceeded quotaExceeded = QuotaExceeded.ERROR;
        private ArchiveQuotaReaction archiveQuotaReaction = ArchiveQuotaReaction.TRIM;

        private Builder() {}

        public Builder unknownPayload(UnknownPayload unknownPayload) {
            this.unknownPayload = unknownPayload;
            return this;
        }

        public Builder groupchatUrgency(GroupchatUrgency groupchatUrgency) {
            this.groupchatUrgency = groupchatUrgency;
            return this;
        }

        public Builder storePaths(StorePaths storePaths) {
            this.storePaths = storePaths;
            return this;
        }

        public Builder plainRouting(PlainRouting plainRouting) {
            this.plainRouting = plainRouting;
            return this;
        }

        public Builder carbonsToSubscribed(boolean carbonsToSubscribed) {
            this.carbonsToSubscribed = carbonsToSubscribed;
            return this;
        }

        public Builder quotaExceeded(QuotaExceeded quotaExceeded) {
            this.quotaExceeded = quotaExceeded;
            return this;
        }

        public Builder archiveQuotaReaction(ArchiveQuotaReaction archiveQuotaReaction) {
            this.archiveQuotaReaction = archiveQuotaReaction;
            return this;
        }

        public RuleSettings build() {
            return new RuleSettings(
                    unknownPayload,
                    groupchatUrgency,
                    storePaths,
                    plainRouting,
                    carbonsToSubscribed,
                    quotaExceeded,
                    archiveQuotaReaction);
        }
    }
}
