package org.igniterealtime.openfire.testclient;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.dom4j.Element;

/**
 * The client's books for XEP-0198: what was handled, what was sent and is not acknowledged. Does no I/O. Thread-safe.
 */
final class StreamManagement {

    static final String NAMESPACE = "urn:xmpp:sm:3";

    private static final Pattern STANZA = Pattern.compile("\\s*<(message|presence|iq)[\\s/>].*", Pattern.DOTALL);

    private final Deque<String> unacked = new ArrayDeque<>();
    private boolean countsSent;
    private boolean countsReceived;
    private int handled;

    /** How many of these the other side has been told, or is about to be. */
    private int told;

    private int acked;
    private String previd;
    private String location;
    private boolean holdsAcks;
    private boolean owesAck;

    /** XEP-0198 §3: the client counts what it sends from {@code <enable/>} on. */
    synchronized void enabling() {
        countsSent = true;
        acked = 0;
        unacked.clear();
    }

    /** Takes over the books of the stream that is to be resumed. */
    synchronized void resuming(SmState state) {
        unacked.clear();
        unacked.addAll(state.unackedSent());
        handled = state.handled();
        told = handled;
        acked = state.acked();
        previd = state.previd();
        location = state.location();
    }

    /** To be called in the order in which the texts are written to the stream. */
    synchronized void sent(String xml) {
        if (countsSent && STANZA.matcher(xml).matches()) {
            unacked.add(xml);
        }
    }

    /** To be called in the order of arrival. Returns what is to be answered. */
    synchronized Optional<String> received(Element element) {
        if (Stanzas.isStanza().test(element)) {
            handled += countsReceived ? 1 : 0;
            return Optional.empty();
        }
        if (!element.getNamespaceURI().equals(NAMESPACE)) {
            return Optional.empty();
        }
        return switch (element.getName()) {
            case "enabled" -> {
                enabled(element);
                yield Optional.empty();
            }
            case "resumed" -> {
                countsSent = true;
                countsReceived = true;
                acknowledged(h(element));
                yield Optional.empty();
            }
            case "a", "failed" -> { // XEP-0198 §5: a failed resumption may still say how far it got
                if (element.attributeValue("h") != null) {
                    acknowledged(h(element));
                }
                yield Optional.empty();
            }
            case "r" -> {
                owesAck = holdsAcks;
                yield holdsAcks ? Optional.empty() : Optional.of(ack());
            }
            default -> Optional.empty();
        };
    }

    private void enabled(Element enabled) {
        countsReceived = true;
        handled = 0;
        told = 0;
        previd = enabled.attributeValue("id");
        location = enabled.attributeValue("location");
    }

    private void acknowledged(int h) {
        // XEP-0198 §4: counters wrap, so only differences mean something
        for (int more = h - acked; more > 0 && !unacked.isEmpty(); more--) {
            unacked.remove();
            acked++;
        }
    }

    /** Returns the acknowledgement that has become due. */
    synchronized Optional<String> holdAcks(boolean hold) {
        holdsAcks = hold;
        if (hold || !owesAck) {
            return Optional.empty();
        }
        owesAck = false;
        return Optional.of(ack());
    }

    /** What goes before {@code </stream:stream>}. */
    synchronized Optional<String> finalAck() {
        return countsReceived && !holdsAcks ? Optional.of(ack()) : Optional.empty();
    }

    synchronized String ack() {
        told = handled;
        return "<a xmlns='" + NAMESPACE + "' h='" + Integer.toUnsignedString(handled) + "'/>";
    }

    /** How many received stanzas are acknowledged, in the arithmetic of {@code h}. */
    synchronized int told() {
        return told;
    }

    /** How many stanzas have been sent, in the arithmetic of {@code h}. */
    synchronized int sentCount() {
        return acked + unacked.size();
    }

    synchronized int ackedCount() {
        return acked;
    }

    /** Forgets and returns what is to be sent again, so that it is counted anew when that happens. */
    synchronized List<String> takeUnackedSent() {
        List<String> taken = List.copyOf(unacked);
        unacked.clear();
        return taken;
    }

    synchronized List<String> unackedSent() {
        return List.copyOf(unacked);
    }

    synchronized SmState state(String jid) {
        return new SmState(jid, previd, location, handled, acked, unackedSent());
    }

    static int h(Element element) {
        return Integer.parseUnsignedInt(element.attributeValue("h"));
    }
}
