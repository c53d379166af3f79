package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/**
 * Section 5 of the rules page: nobody can receive it now. What is kept, and what the sender gets.
 *
 * @param persistence the verdict's, within the account's preferences
 */
record Unreceived(JudgedMessage message, Persistence persistence, AccountState account, RuleSettings settings) {

    Outcome outcome() {
        MessageFacts facts = message.facts();
        // Nothing answers an error (RFC 6120 §8.3.1); it is history where R03 says so, and never offline.
        if (facts.isError()) {
            return silently(account.archives(persistence, settings) ? Kept.ARCHIVE : Kept.NOTHING);
        }
        // XEP-0191 §3.3. A room would take an error for the occupant's farewell, and news asks for no answer.
        if (account.is(AccountCondition.BLOCKS_PEER)) {
            boolean isSaid = facts.is(MessageType.CHAT) || facts.is(MessageType.NORMAL);
            return refused(isSaid ? SenderOutcome.BLOCKED : SenderOutcome.SILENCE);
        }
        if (persistence == Persistence.TRANSIENT) {
            return refused(outcomeOfTransient(facts));
        }
        if (account.is(AccountCondition.DATABASE_DOWN)) {
            return refused(SenderOutcome.STORE_DOWN);
        }
        return account.is(AccountCondition.NO_ACCOUNT) ? asIfItExisted() : keep();
    }

    private SenderOutcome outcomeOfTransient(MessageFacts facts) {
        return switch (facts.type()) {
            // RFC 6121 §8.5.2.1.1, §8.5.2.2.1; to a full JID that is gone §8.5.3.2.1
            case GROUPCHAT -> facts.toResource() ? SenderOutcome.SILENCE : SenderOutcome.GROUPCHAT_TO_ACCOUNT;
            case NORMAL, CHAT, HEADLINE -> {
                if (message.verdict().by(RuleId.R05)) {
                    yield SenderOutcome.CLIENT_GONE;
                }
                // Nobody keeps it, so its author must know. A headline's author does not care.
                boolean isMissed = facts.isReadable() && !facts.isOwnWrapper() && !facts.is(MessageType.HEADLINE);
                yield isMissed ? SenderOutcome.NOT_DELIVERED : SenderOutcome.SILENCE;
            }
            case ERROR -> SenderOutcome.SILENCE;
        };
    }

    /** RFC 6121 §8.5.1 leaves the choice: an answer that differed would tell who has an account here. */
    private Outcome asIfItExisted() {
        return new Outcome(Kept.NOTHING, keep().sender());
    }

    private Outcome keep() {
        boolean archived = persistence == Persistence.ARCHIVED;
        if (archived && !account.hasRoom(settings)) {
            return refused(ifSaid(SenderOutcome.ARCHIVE_FULL));
        }
        if (!OfflineSet.mayHold(message, persistence)) {
            return archived ? silently(Kept.ARCHIVE) : refused(outcomeOfUnkept());
        }
        // An account that reads its archive finds it there, whatever becomes of the offline set.
        boolean isFoundAnyway = archived && account.is(AccountCondition.MAM_ACCOUNT);
        if (account.is(AccountCondition.OFFLINE_DISABLED)) {
            SenderOutcome outcome = isFoundAnyway ? SenderOutcome.SILENCE : ifSaid(SenderOutcome.OFFLINE_DISABLED);
            return new Outcome(archived ? Kept.ARCHIVE : Kept.NOTHING, outcome);
        }
        if (account.is(AccountCondition.OVER_OFFLINE_LIMIT)) {
            return isFoundAnyway ? silently(Kept.ARCHIVE) : overLimit(archived);
        }
        return silently(archived ? Kept.ARCHIVE_AND_OFFLINE_SET : Kept.OFFLINE_SET);
    }

    /** Offline-only, and the offline set takes no such message: nobody keeps it. */
    private SenderOutcome outcomeOfUnkept() {
        boolean isHeadline = message.facts().is(MessageType.HEADLINE);
        return isHeadline ? SenderOutcome.SILENCE : ifSaid(SenderOutcome.NOT_DELIVERED);
    }

    private Outcome overLimit(boolean archived) {
        SenderOutcome outcome = settings.quotaExceeded() == QuotaExceeded.ERROR
                ? ifSaid(SenderOutcome.OFFLINE_LIMIT_REACHED)
                : SenderOutcome.SILENCE;
        boolean isWritten = archived && account.is(AccountCondition.ALREADY_ARCHIVED);
        return new Outcome(isWritten ? Kept.ARCHIVE : Kept.NOTHING, outcome);
    }

    /** An error is for somebody who said something: not for the client that sends receipts. */
    private SenderOutcome ifSaid(SenderOutcome error) {
        MessageFacts facts = message.facts();
        return facts.isReadable() || facts.isInvitation() ? error : SenderOutcome.SILENCE;
    }

    private static Outcome silently(Kept kept) {
        return new Outcome(kept, SenderOutcome.SILENCE);
    }

    private static Outcome refused(SenderOutcome outcome) {
        return new Outcome(Kept.NOTHING, outcome);
    }
}
