package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Collection;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Audience;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.JudgedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.MessageType;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.OfflineSet;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;

/**
 * As what a message enters its recipient's store (ROUTING-RULES section 4, "offline set"), before anybody knows who will
 * take it. The limit is asked for where nobody is there who could (section 5). Thread-safe.
 */
public final class OfflineClaims {

    private static final Logger Log = LoggerFactory.getLogger(OfflineClaims.class);

    private final AccountStates accountStates;
    private final ClientStates states;
    private final OfflineLedgers<Holder> ledgers;

    public OfflineClaims(AccountStates accountStates, ClientStates states, OfflineLedgers<Holder> ledgers) {
        this.accountStates = accountStates;
        this.states = states;
        this.ledgers = ledgers;
    }

    /**
     * @param archived whether the account archives what it gets from this sender
     * @return empty if the account keeps nothing of it
     */
    Optional<OfflineClaim> of(String account, Judge.Judged judged, boolean archived) {
        Persistence persistence = judged.verdict().persistence();
        if (persistence == Persistence.ARCHIVED && !archived) {
            persistence = Persistence.OFFLINE_ONLY;
        }
        if (persistence == Persistence.TRANSIENT) {
            return Optional.empty();
        }
        JudgedMessage subject = judged.subject();
        Collection<ClientState> there = states.of(account);
        boolean isArchived = persistence == Persistence.ARCHIVED;
        if (!OfflineSet.mayHold(subject, persistence)
                || !accountStates.settings().enabled()
                || isTakenByItsAuthor(subject, there)) {
            return isArchived ? Optional.of(OfflineClaim.NONE) : Optional.empty();
        }
        OfflineClaim claim = isArchived ? OfflineClaim.ELIGIBLE : OfflineClaim.OFFLINE_ONLY;
        if (isReceived(subject, isArchived, there)) {
            return Optional.of(claim);
        }
        OfflineLimit limit = accountStates.limit(account);
        if (limit.isNone()) {
            return Optional.of(claim);
        }
        saveWhatIsTaken(account);
        boolean archiveWhenOver = isArchived && accountStates.isMamAccount(account);
        return Optional.of(claim.limitedTo(limit.messages(), archiveWhenOver));
    }

    /** The database counts. What it does not know to be taken would count as well; the last session may just have left. */
    private void saveWhatIsTaken(String account) {
        try {
            ledgers.saveNow(account);
        } catch (StoreUnavailable e) {
            Log.debug("The offline set of '{}' cannot be saved.", account, e);
        }
    }

    /** Section 4: a message to oneself is taken already if the sending session is the only one, and one that it is for. */
    private static boolean isTakenByItsAuthor(JudgedMessage subject, Collection<ClientState> there) {
        if (!subject.isToOneself() || there.size() != 1) {
            return false;
        }
        JID only = there.iterator().next().key().jid();
        return only.equals(subject.from().orElse(null))
                && (subject.verdict().audience() == Audience.ALL_CLIENTS
                        || only.equals(subject.to().orElse(null)));
    }

    private boolean isReceived(JudgedMessage subject, boolean isArchived, Collection<ClientState> there) {
        boolean isForAll = subject.verdict().audience() == Audience.ALL_CLIENTS
                && !(subject.facts().is(MessageType.GROUPCHAT)
                        && !subject.facts().toResource());
        JID to = subject.to().orElse(null);
        for (ClientState state : there) {
            if (!accountStates.isReachable(state)) {
                continue;
            }
            if (state.key().jid().equals(to)
                    || isForAll
                            && (AccountStates.isAvailable(state)
                                    || state.isRoutingNg()
                                    || isArchived && accountStates.isSubscribed(state))) {
                return true;
            }
        }
        return false;
    }
}
