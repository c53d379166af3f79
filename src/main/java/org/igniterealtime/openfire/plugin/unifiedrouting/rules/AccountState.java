package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.EnumSet;
import java.util.Set;

/** An account as far as it matters to one message: an ordinary one but for these conditions. */
public record AccountState(Set<AccountCondition> conditions) {

    public static final AccountState ORDINARY = of();

    public AccountState {
        conditions = Set.copyOf(conditions);
    }

    public static AccountState of(AccountCondition... conditions) {
        return new AccountState(Set.of(conditions));
    }

    public boolean is(AccountCondition condition) {
        return conditions.contains(condition);
    }

    AccountState with(AccountCondition condition) {
        Set<AccountCondition> more = EnumSet.of(condition);
        more.addAll(conditions);
        return new AccountState(more);
    }

    /** @return the verdict's persistence within the account's preferences, which never lose an undelivered message */
    Persistence allowed(Persistence persistence) {
        boolean excluded = persistence == Persistence.ARCHIVED && is(AccountCondition.DOES_NOT_ARCHIVE_PEER);
        return excluded ? Persistence.OFFLINE_ONLY : persistence;
    }

    /** @return whether a row can be written at all */
    boolean canKeep() {
        return !is(AccountCondition.NO_ACCOUNT)
                && !is(AccountCondition.BLOCKS_PEER)
                && !is(AccountCondition.DATABASE_DOWN);
    }

    /** @param persistence the verdict's, within the account's preferences */
    boolean archives(Persistence persistence, RuleSettings settings) {
        return persistence == Persistence.ARCHIVED && canKeep() && hasRoom(settings);
    }

    /** @return whether the archive takes one more entry */
    boolean hasRoom(RuleSettings settings) {
        if (is(AccountCondition.ARCHIVE_FULL_OF_UNDELIVERED)) {
            return false;
        }
        return !is(AccountCondition.ARCHIVE_FULL) || settings.archiveQuotaReaction() == ArchiveQuotaReaction.TRIM;
    }
}
