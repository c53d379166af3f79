package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.MidPrefixes;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.session.LocalSession;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/** Whose archives a message enters, and as what (ROUTING-RULES section 4, the first two rows). Thread-safe. */
public final class ArchiveEntries {

    private final BlockLists blockLists;
    private final ArchivePolicy policy;
    private final OfflineClaims claims;
    private final Supplier<Mid> mids;
    private final MidPrefixes prefixes;
    private final Clock clock;

    /** @param mids each asked one is new */
    public ArchiveEntries(
            BlockLists blockLists,
            ArchivePolicy policy,
            OfflineClaims claims,
            Supplier<Mid> mids,
            MidPrefixes prefixes,
            Clock clock) {
        this.blockLists = blockLists;
        this.policy = policy;
        this.claims = claims;
        this.mids = mids;
        this.prefixes = prefixes;
        this.clock = clock;
    }

    /**
     * @param stanza the message as XML
     * @param contentHash what tells it from others
     * @return one entry for each owner, with an id of its own; empty if nobody keeps it
     */
    List<NewEntry> of(Archivist.Job job, Judge.Judged judged, String stanza, long contentHash) {
        Message message = job.message();
        if (job.sender().isPresent() && blockLists.blocksOutgoing(job.sender().get(), message, job.session())) {
            // Openfire answers not-acceptable and does not route it (XEP-0016 §2.3).
            return List.of();
        }
        JID from = message.getFrom();
        JID to = message.getTo();
        Instant now = clock.instant();
        Optional<String> id = Optional.ofNullable(message.getID());
        boolean isToOneself = job.sender().equals(job.recipient());
        List<NewEntry> entries = new ArrayList<>(2);
        String recipient = job.recipient().orElse(null);
        if (recipient != null && !blockLists.blocksIncoming(recipient, message)) {
            OfflineClaim claim = claims.of(recipient, judged, policy.archives(recipient, from))
                    .orElse(null);
            if (claim != null) {
                Mid mid = isToOneself ? sendersMid(job) : mids.get();
                entries.add(
                        new NewEntry(recipient, mid, Direction.RECEIVED, from, now, id, contentHash, stanza, claim));
            }
        }
        // A message to oneself is one entry, received. An error stands in its addressee's archive only.
        String sender = job.sender().orElse(null);
        if (sender != null
                && judged.verdict().persistence() == Persistence.ARCHIVED
                && !judged.facts().isError()
                && !isToOneself
                && policy.archives(sender, to)) {
            entries.add(new NewEntry(sender, sendersMid(job), Direction.SENT, to, now, id, contentHash, stanza));
        }
        return entries;
    }

    /** The one that the sending session expects, if it can. */
    private Mid sendersMid(Archivist.Job job) {
        LocalSession session = job.session().orElse(null);
        Optional<Mid> expected = session == null
                ? Optional.empty()
                : prefixes.midFor(
                        new SessionKey(
                                session.getAddress(), session.getStreamID().getID()),
                        job.message().getID());
        return expected.orElseGet(mids);
    }
}
