package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.lang.ref.WeakReference;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dom4j.DocumentException;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery.Filter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PeerFilter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * Recognises what a client sends again because its connection broke before the acknowledgement came (XEP-0198 §5): it is
 * in the archives already. It is delivered once more, but not archived once more.
 *
 * <p>It is the same message if sender's full JID, recipient, id and content are the same, and if the first one came over
 * an earlier connection, at most {@link #REACH} before the present one was first used. Within one connection no message
 * is ever taken for another: ids such as "1" and "2" are common, and so is a second "ok".
 *
 * <p>Thread-safe. Costs one look into the sender's archive for each connection that is used.
 */
public final class Resent {

    /** How long a client may take to come back. */
    static final Duration REACH = Duration.ofMinutes(10);

    private static final Logger Log = LoggerFactory.getLogger(Resent.class);

    /** How far back the look goes at most: more is not left unacknowledged. */
    private static final int MOST = 1_000;

    private final ArchiveStore archive;
    private final Clock clock;
    private final Map<JID, Connected> sessions = new ConcurrentHashMap<>();
    private final Set<Passage> underway = ConcurrentHashMap.newKeySet();

    public Resent(ArchiveStore archive, Clock clock) {
        this.archive = archive;
        this.clock = clock;
    }

    /**
     * A session's present connection.
     *
     * @param session whose it is
     * @param connection weak, so that one that has ended is not kept
     * @param until when nothing is expected to be sent again any more
     * @param earlier what the session's account had in its archive when the connection was first used
     */
    private record Connected(
            SessionKey session, WeakReference<Object> connection, Instant until, Set<Fingerprint> earlier) {}

    /** To be opened before a message is archived, and closed when that is done, whatever came of it. */
    Passage enter(SessionKey session, Object connection) {
        Passage passage = new Passage(session, connection, underway);
        underway.add(passage);
        return passage;
    }

    /**
     * The message's fingerprint, if it is one that the session sent over an earlier connection.
     *
     * @param passage the message's own
     * @throws StoreUnavailable if the archive cannot be asked
     */
    Optional<Fingerprint> recognise(Message message, Passage passage) {
        if (message.getID() == null) {
            return Optional.empty();
        }
        Connected connected = sessions.get(passage.session().jid());
        if (connected == null || !connected.connection().refersTo(passage.connection())) {
            // A connection brings one message at a time.
            connected = connect(passage);
            sessions.put(passage.session().jid(), connected);
        }
        if (connected.earlier().isEmpty() || clock.instant().isAfter(connected.until())) {
            return Optional.empty();
        }
        return fingerprint(StoredStanza.of(message.getElement())).filter(connected.earlier()::contains);
    }

    /** The id under which the recipient's archive has it. */
    Optional<Mid> midFor(String recipient, Message message, Fingerprint fingerprint) {
        Filter filter =
                since(clock.instant().minus(REACH.multipliedBy(2)), Optional.of(new PeerFilter(message.getFrom())));
        return latest(recipient, filter).stream()
                .filter(archived -> fingerprint(archived.stanza()).equals(Optional.of(fingerprint)))
                .map(ArchivedMessage::mid)
                .findFirst();
    }

    /** Forgets a session that has ended. */
    public void ended(SessionKey session) {
        sessions.computeIfPresent(session.jid(), (jid, known) -> known.session().equals(session) ? null : known);
    }

    private Connected connect(Passage passage) {
        // What an earlier connection brought may not be committed yet.
        underway.stream().filter(passage::followsUpon).forEach(Passage::awaitEnd);
        Instant now = clock.instant();
        Set<Fingerprint> earlier = new HashSet<>();
        for (ArchivedMessage archived :
                latest(passage.session().account(), since(now.minus(REACH), Optional.empty()))) {
            if (archived.stanza().contains(passage.session().jid().toString())) {
                fingerprint(archived.stanza()).ifPresent(earlier::add);
            }
        }
        return new Connected(
                passage.session(), new WeakReference<>(passage.connection()), now.plus(REACH), Set.copyOf(earlier));
    }

    private List<ArchivedMessage> latest(String account, Filter filter) {
        return archive.page(new ArchiveQuery(account, filter, Paging.fromEnd(MOST)))
                .map(ArchivePage::messages)
                .orElse(List.of());
    }

    private static Filter since(Instant start, Optional<PeerFilter> with) {
        return new Filter(with, Optional.of(start), Optional.empty(), Optional.empty(), Optional.empty(), Set.of());
    }

    private static Optional<Fingerprint> fingerprint(String stanza) {
        try {
            return Optional.of(Fingerprint.of(stanza));
        } catch (DocumentException e) {
            Log.debug("A stanza has no fingerprint.", e);
            return Optional.empty();
        }
    }
}
