package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.xmpp.packet.JID;

/**
 * The secret prefixes by which sessions know the ids that their messages will have in the sender's archive: prefix, dot, and
 * the stanza's id attribute (PROTOCOL section 3). A prefix belongs to its session and survives a resumption. Thread-safe.
 */
public final class MidPrefixes {

    /** The longest id attribute that a MID is made of, in characters. */
    static final int MAX_ID = 64;

    /** How many ids of a session are remembered, 8 bytes each; the session's further messages get random MIDs. */
    static final int MAX_USED = 1 << 17;

    private final Supplier<String> secrets;
    private final Map<JID, Prefix> prefixes = new ConcurrentHashMap<>();

    /** @param secrets each asked one is unpredictable, has visible ASCII characters only, at most 63, and no dot */
    public MidPrefixes(Supplier<String> secrets) {
        this.secrets = secrets;
    }

    private static final class Prefix {

        private final SessionKey session;
        private final String value;
        private final LongHashSet used = new LongHashSet();

        Prefix(SessionKey session, String value) {
            this.session = session;
            this.value = value;
        }

        Prefix(SessionKey session, Kept kept) {
            this(session, kept.value());
            for (long id : kept.used()) {
                used.add(id);
            }
        }

        synchronized Kept kept() {
            return new Kept(value, used.toArray());
        }

        synchronized Optional<Mid> of(String id) {
            // 64 bits of the id: two ids of one session that share them, one in 10^9 sessions, cost a prediction.
            return used.size() < MAX_USED && used.add(hash(id))
                    ? Optional.of(new Mid(value + '.' + id))
                    : Optional.empty();
        }
    }

    /** The session's prefix; made when it is asked for first. */
    public String prefixOf(SessionKey session) {
        return prefixes.compute(
                        session.jid(),
                        (jid, known) -> known != null && known.session.equals(session)
                                ? known
                                : new Prefix(session, secrets.get()))
                .value;
    }

    /**
     * The MID that a session expects for a message that it sends.
     *
     * @param id the stanza's id attribute
     * @return empty if the session has asked for no prefix, or the id is not one to make a MID of, or has been used by a
     *     message of this session before
     */
    public Optional<Mid> midFor(SessionKey session, String id) {
        Prefix prefix = prefixes.get(session.jid());
        return prefix == null || !prefix.session.equals(session) || !isUsable(id) ? Optional.empty() : prefix.of(id);
    }

    private static boolean isUsable(String id) {
        return id != null
                && !id.isEmpty()
                && id.length() <= MAX_ID
                && id.chars().allMatch(character -> character > ' ' && character < 0x7f);
    }

    /** Forgets a session that has ended. */
    public void ended(SessionKey session) {
        prefixes.computeIfPresent(session.jid(), (jid, known) -> known.session.equals(session) ? null : known);
    }

    /**
     * Forgets what an earlier session of this address left behind.
     *
     * @param current the session that has the address now
     */
    public void replaced(SessionKey current) {
        prefixes.computeIfPresent(current.jid(), (jid, known) -> known.session.equals(current) ? known : null);
    }

    /**
     * What there is of a session.
     *
     * @param value the prefix
     * @param used stands for the ids that MIDs were made of
     */
    public record Kept(String value, long[] used) {}

    /** What a session has, for when the plugin is loaded again; empty if it has asked for no prefix. */
    public Optional<Kept> find(SessionKey session) {
        return Optional.ofNullable(prefixes.get(session.jid()))
                .filter(prefix -> prefix.session.equals(session))
                .map(Prefix::kept);
    }

    /** What a session had when the plugin left. Does nothing if it has asked for another prefix meanwhile. */
    public void restore(SessionKey session, Kept kept) {
        prefixes.computeIfAbsent(session.jid(), jid -> new Prefix(session, kept));
    }

    private static long hash(String id) {
        // FNV-1a, then a finalizer: the ids of one client differ in a few digits only.
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        return hash ^ hash >>> 33;
    }
}
