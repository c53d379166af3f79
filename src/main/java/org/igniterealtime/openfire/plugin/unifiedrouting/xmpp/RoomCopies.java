package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * A private message of a room (XEP-0045 §7.5) reaches each of an account's clients in that room as a stanza of its own.
 * It is one message: all copies share one entry of the archive and its MID. Thread-safe.
 */
final class RoomCopies {

    /** A room sends the copies one after the other. */
    static final Duration REACH = Duration.ofSeconds(10);

    private static final int CAPACITY = 1_000;

    /** The message but for the resource it is addressed to. */
    private record Key(String owner, String from, long contentHash) {}

    private record Copied(Mid mid, Instant until, Set<JID> to) {}

    private final Clock clock;
    private final Map<Key, Copied> copies = new LinkedHashMap<>() {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Copied> eldest) {
            return size() > CAPACITY;
        }
    };

    RoomCopies(Clock clock) {
        this.clock = clock;
    }

    /** The MID of the message that this is a further copy of. A second message of the same kind is none. */
    synchronized Optional<Mid> copyOf(String owner, Message message) {
        Copied copied = copies.get(key(owner, message));
        return copied != null
                        && clock.instant().isBefore(copied.until())
                        && copied.to().add(message.getTo())
                ? Optional.of(copied.mid())
                : Optional.empty();
    }

    synchronized void remember(String owner, Message message, Mid mid) {
        Instant now = clock.instant();
        copies.values().removeIf(copied -> now.isAfter(copied.until()));
        Set<JID> to = new HashSet<>(Set.of(message.getTo()));
        copies.put(key(owner, message), new Copied(mid, now.plus(REACH), to));
    }

    private static Key key(String owner, Message message) {
        Element copy = message.getElement().createCopy();
        copy.addAttribute("to", null);
        return new Key(owner, message.getFrom().toString(), ContentHash.of(copy, StoredStanza.of(copy)));
    }
}
