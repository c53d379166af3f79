package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Optional;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.JudgedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.MessageContext;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.MessageFacts;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Origin;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RoutingRules;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * Brings a message before the rules: adds what they must know and the stanza does not show. Nothing else decides what
 * becomes of a message. Thread-safe.
 */
public final class Judge {

    private static final Logger Log = LoggerFactory.getLogger(Judge.class);

    /**
     * What was decided.
     *
     * @param subject the message as it was then
     */
    record Judged(JudgedMessage subject) {

        /** What was looked at. */
        MessageFacts facts() {
            return subject.facts();
        }

        Verdict verdict() {
            return subject.verdict();
        }
    }

    private final Accounts accounts;
    private final Rooms rooms;
    private final ArchiveStore archive;
    private final Supplier<RuleSettings> settings;

    /**
     * @param settings those in force; asked for each message
     */
    public Judge(Accounts accounts, Rooms rooms, ArchiveStore archive, Supplier<RuleSettings> settings) {
        this.accounts = accounts;
        this.rooms = rooms;
        this.archive = archive;
        this.settings = settings;
    }

    /**
     * @param message with both addresses
     */
    Judged judge(Message message) {
        RuleSettings current = settings.get();
        MessageContext context = new MessageContext(
                originOf(message), accounts.domain().equals(message.getTo().getDomain()), false, "");
        MessageFacts facts = StanzaFacts.of(message, context, current);
        Verdict verdict = RoutingRules.judge(facts, current);
        if (verdict.by(RuleId.R03) && verdict.persistence() == Persistence.TRANSIENT && answersArchived(message)) {
            // Asked last: it costs a look into the archive.
            facts = StanzaFacts.of(message, context.answeringArchived(), current);
            verdict = RoutingRules.judge(facts, current);
        }
        return new Judged(JudgedMessage.of(facts, verdict, message.getFrom(), message.getTo()));
    }

    private Origin originOf(Message message) {
        JID from = message.getFrom();
        if (accounts.domain().equals(from.getDomain())) {
            boolean isServer = from.getNode() == null;
            boolean isAccountItself = from.getResource() == null
                    && from.toBareJID().equals(message.getTo().toBareJID());
            return isServer || isAccountItself ? Origin.THIS_SERVER : Origin.LOCAL_ACCOUNT;
        }
        return rooms.isRoom(from) && from.getResource() != null ? Origin.OCCUPANT : Origin.ELSEWHERE;
    }

    /** Whether an error answers a message that its addressee sent and that is in the addressee's archive (R03). */
    private boolean answersArchived(Message error) {
        Optional<String> author = accounts.accountOf(error.getTo());
        String id = error.getID();
        if (author.isEmpty() || id == null || id.isEmpty()) {
            return false;
        }
        try {
            return archive.hasSent(author.get(), error.getFrom(), id);
        } catch (StoreUnavailable e) {
            Log.debug("Whether an error from '{}' answers an archived message is not known.", error.getFrom(), e);
            return false;
        }
    }
}
