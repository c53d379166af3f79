package org.igniterealtime.openfire.testclient;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.dom4j.Element;

/**
 * An XMPP stream over TCP from the client's side: literal XML goes out, and a log of stanzas fills up.
 *
 * <p>A reader thread logs every stanza in the order of arrival. A test consumes stanzas from that log: {@link #await} takes
 * the first match and leaves the others, {@link #take} takes all matches that are there. Whatever is awaited and does not
 * come is an {@link AssertionError} with a transcript of what came instead; so are a stream error and the end of the
 * connection. All methods are thread-safe. Those that wait do so for at most {@link #TIMEOUT} unless told otherwise.
 */
public abstract sealed class RawStream implements AutoCloseable permits RawClient {

    /** How long to wait for what must come: 15 seconds, more on a busy machine by {@code -Dtestclient.timeout=}. */
    public static final Duration TIMEOUT = Duration.ofSeconds(Integer.getInteger("testclient.timeout", 15));

    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);
    private static final AtomicInteger STREAMS = new AtomicInteger();

    final StreamManagement sm = new StreamManagement();

    private final String name = "c" + STREAMS.incrementAndGet();
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicLong heardUntil = new AtomicLong(System.nanoTime());
    private final Inbox inbox = new Inbox(name);
    private final Object receiving = new Object();
    private final Object sending = new Object();
    private final String domain;
    private final XmppSocket socket;

    private volatile Duration patience = TIMEOUT;
    private boolean deaf; // guarded by receiving: the test has cut the connection
    private boolean closed; // guarded by sending: nothing may follow </stream:stream>
    private volatile Element features;

    RawStream(String host, int port, String domain) {
        this.domain = domain;
        socket = new XmppSocket(host, port, this::receive, inbox::end);
    }

    /** Opens the stream, or opens it anew, and reads its features. */
    final void openStream() {
        socket.startReading();
        send("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='" + Stanzas.STREAM + "' to='"
                + Xml.escape(domain) + "' version='1.0'>");
        features = awaitNonza(Stanzas.named("features", Stanzas.STREAM));
    }

    /** The features of the present stream. */
    public final Element features() {
        return features;
    }

    /** How long to wait for answers that are large, instead of {@link #TIMEOUT}. */
    public final void setPatience(Duration longer) {
        patience = longer;
    }

    /**
     * Sends literal XML, all of it in one write.
     *
     * @param elements each one top-level element; those that are stanzas are counted by stream management
     * @throws UncheckedIOException when the connection is gone; stream management has counted the stanza as sent then
     */
    public final void send(String... elements) {
        synchronized (sending) {
            for (String element : elements) {
                sm.sent(element);
            }
            socket.write(String.join("", elements));
        }
    }

    /**
     * Sends bytes as they are, be they text or not.
     *
     * @param element one top-level element
     * @throws UncheckedIOException as {@link #send}
     */
    public final void sendBytes(byte[] element) {
        synchronized (sending) {
            sm.sent(new String(element, StandardCharsets.ISO_8859_1));
            socket.write(element);
        }
    }

    /** A stanza id that no client in this process has used yet. */
    public final String nextId() {
        return name + "-" + ids.incrementAndGet();
    }

    /** Every stanza received so far, consumed or not: a copy. */
    public final List<Received> received() {
        return inbox.received(Stanzas.isStanza());
    }

    /** Consumes the first stanza that matches, waiting for it up to {@link #TIMEOUT}, or as {@link #setPatience} says. */
    public final Element await(Predicate<Element> wanted) {
        return await(wanted, patience);
    }

    /** Consumes the first stanza that matches, waiting for it. */
    public final Element await(Predicate<Element> wanted, Duration timeout) {
        return inbox.await(Stanzas.isStanza().and(wanted), timeout);
    }

    /** As {@link #await(Predicate)}, for elements that are not stanzas: stream error, stream management. */
    public final Element awaitNonza(Predicate<Element> wanted) {
        return inbox.await(Stanzas.isStanza().negate().and(wanted), TIMEOUT);
    }

    /** Every element received so far that is no stanza, consumed or not: a copy. */
    public final List<Received> nonzas() {
        return inbox.received(Stanzas.isStanza().negate());
    }

    /** The stream error that ends this stream (RFC 6120 §4.9). */
    public final Element awaitStreamError() {
        return awaitNonza(Stanzas.named("error", Stanzas.STREAM));
    }

    /** Waits until the stream has ended, whichever side did it and how. */
    public final void awaitEnd() {
        inbox.awaitEnd(patience);
    }

    /** Whether the stream has ended, whichever side did it and how; all that came before is in the log then. */
    public final boolean hasEnded() {
        return inbox.hasEnded();
    }

    /** Consumes all stanzas that match and are there now, in the order of arrival. */
    public final List<Element> take(Predicate<Element> wanted) {
        return inbox.take(Stanzas.isStanza().and(wanted));
    }

    /** {@link #sync()}, then {@link #take}. */
    public final List<Element> takeAfterSync(Predicate<Element> wanted) {
        sync();
        return take(wanted);
    }

    /** Asserts that, after {@link #sync()}, there is no stanza left that matches. */
    public final void assertNoMore(Predicate<Element> unwanted) {
        sync();
        inbox.assertNone(Stanzas.isStanza().and(unwanted));
    }

    /**
     * A barrier: what the server had written to this session before, is in the log when this returns, and what this
     * stream had sent before, has been processed. To say something about a message's recipients, sync the sender first,
     * then each recipient. It does not cover what another thread of the server has yet to write. It is a ping (XEP-0199)
     * that counts as a stanza each way.
     */
    public final void sync() {
        iq("get", domain, "<ping xmlns='urn:xmpp:ping'/>");
    }

    /** Sends an IQ request without {@code to} and returns its answer, a result or an error. */
    public final Element iq(String type, String payloadXml) {
        return iq(type, null, payloadXml);
    }

    /** Sends an IQ request and returns its answer, a result or an error. */
    public final Element iq(String type, String to, String payloadXml) {
        String id = nextId();
        long asked = System.nanoTime();
        send("<iq type='" + type + "' id='" + id + "'" + Xml.attribute("to", to) + ">" + payloadXml + "</iq>");
        Element answer = await(Stanzas.iq(id));
        if (to == null || to.equals(domain)) {
            // The server's own answer goes to this session behind what was written to it before the request came.
            heardUntil.accumulateAndGet(asked, Math::max);
        }
        return answer;
    }

    /**
     * A moment, {@link System#nanoTime()}: what the server had written to this session before it is in the log. What it
     * has written since may be under way, and is lost when the connection is cut. It is when the last IQ was sent that the
     * server itself has answered, by {@link #sync()} for one; before the first such it is when this stream was made.
     */
    public final long heardUntil() {
        return heardUntil.get();
    }

    /**
     * While stopped, the client takes nothing out of its socket: what the server writes fills first the buffers of both
     * sides, then the server's memory. What was under way to the log may still get there. Nothing may be awaited meanwhile.
     */
    public final void stopReading(boolean stop) {
        socket.stopReading(stop);
    }

    /**
     * Cuts the connection without closing the stream, by an orderly FIN. Whatever the server sends from now on is not
     * received. Returns when the server has closed its side, or after a second.
     *
     * <p>The server may take a few milliseconds more until its session is detached, and nothing on the wire tells. Openfire
     * both stores a message of that moment and keeps it for resumption. A test that needs an unacknowledged message
     * without that risk holds acknowledgements, awaits the message, drops, and resumes as if it had not come: {@link
     * SmState#withHandled}.
     */
    public final void drop() {
        goDeaf("connection dropped by the test");
        socket.finish();
        socket.closeAfterPeer(CLOSE_PATIENCE);
    }

    /** Cuts the connection by RST. */
    public final void reset() {
        goDeaf("connection reset by the test");
        socket.reset();
    }

    private void goDeaf(String reason) {
        synchronized (receiving) {
            deaf = true;
            inbox.end(reason);
        }
    }

    /**
     * Closes the stream, waits up to a second for the server to do so too, and closes the connection. Under stream
     * management it acknowledges first what it has received, unless acknowledgements are held: the server would deliver
     * again, or store, what is not acknowledged. Idempotent; throws nothing.
     */
    @Override
    public final void close() {
        synchronized (sending) {
            if (closed) {
                return;
            }
            closed = true;
            try {
                socket.write(sm.finalAck().orElse("") + "</stream:stream>");
            } catch (UncheckedIOException e) {
                // the connection is gone, which is what was asked for
            }
        }
        socket.closeAfterPeer(CLOSE_PATIENCE);
    }

    final void discardNonzas(Predicate<Element> unwanted) {
        inbox.take(Stanzas.isStanza().negate().and(unwanted));
    }

    final AssertionError failure(String what) {
        return inbox.failure(what);
    }

    private void receive(Element element) {
        synchronized (receiving) {
            if (deaf) {
                return;
            }
            var answer = sm.received(element);
            inbox.append(element);
            if (Stanzas.named("error", Stanzas.STREAM).test(element)) {
                inbox.end("stream error " + element.asXML());
            }
            answer.ifPresent(this::answer);
        }
    }

    private void answer(String xml) {
        synchronized (sending) {
            if (closed) {
                return;
            }
            try {
                socket.write(xml);
            } catch (UncheckedIOException e) {
                // the reader will see the end of the connection and say so
            }
        }
    }
}
