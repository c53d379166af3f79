package org.igniterealtime.openfire.testclient;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.dom4j.Element;

/**
 * An XMPP client for wire tests: logging in, presence, and stream management (XEP-0198) on top of a {@link RawStream}, which
 * is where sending and awaiting are explained. Thread-safe.
 */
public final class RawClient extends RawStream {

    private static final String SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
    private static final String BIND = "urn:ietf:params:xml:ns:xmpp-bind";
    private static final String SESSION = "urn:ietf:params:xml:ns:xmpp-session";

    private volatile String jid;

    private RawClient(String host, int port, String domain) {
        super(host, port, domain);
    }

    /**
     * Opens a stream without TLS and reads its features.
     *
     * @throws UncheckedIOException when there is nobody to connect to
     */
    public static RawClient connect(String host, int port, String domain) {
        RawClient client = new RawClient(host, port, domain);
        try {
            client.openStream();
            return client;
        } catch (AssertionError | RuntimeException e) {
            client.drop();
            throw e;
        }
    }

    /** Opens a stream, authenticates and resumes; fails with the server's answer where that is not {@code <resumed/>}. */
    public static RawClient resume(String host, int port, String domain, String user, String password, SmState state) {
        RawClient client = connect(host, port, domain);
        try {
            Element answer = client.authenticate(user, password).tryResume(state);
            if (!answer.getName().equals("resumed")) {
                throw client.failure("not resumed: " + answer.asXML());
            }
            return client;
        } catch (AssertionError | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** Authenticates, binds, and asks for an RFC 3921 session where one is offered. Sends no presence. */
    public RawClient login(String user, String password, String resource) {
        authenticate(user, password).bind(resource);
        return sessionIfOffered();
    }

    /** As {@link #login}, without an account and with a resource of the server's choice. */
    public RawClient loginAnonymously() {
        sasl("<auth xmlns='" + SASL + "' mechanism='ANONYMOUS'/>");
        bind(null);
        return sessionIfOffered();
    }

    /** SASL PLAIN and the new stream after it. */
    public RawClient authenticate(String user, String password) {
        String plain = '\0' + user + '\0' + password;
        String response = Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
        return sasl("<auth xmlns='" + SASL + "' mechanism='PLAIN'>" + response + "</auth>");
    }

    private RawClient sasl(String auth) {
        send(auth);
        Element answer = awaitNonza(e -> e.getNamespaceURI().equals(SASL));
        if (!answer.getName().equals("success")) {
            throw failure("not authenticated: " + answer.asXML());
        }
        openStream();
        return this;
    }

    /**
     * Binds a resource, without the session request that may have to follow.
     *
     * @param resource null leaves the choice to the server
     */
    public RawClient bind(String resource) {
        String wish = resource == null ? "" : "<resource>" + Xml.escape(resource) + "</resource>";
        Element answer = expectResult(iq("set", "<bind xmlns='" + BIND + "'>" + wish + "</bind>"));
        jid = Stanzas.child(answer, "bind", BIND).elementText("jid");
        return this;
    }

    /**
     * Asks for a session (RFC 3921 §3).
     *
     * @param payload literal XML to go inside {@code <session/>}
     * @return the answer, a result or an error
     */
    public Element session(String payload) {
        return iq("set", "<session xmlns='" + SESSION + "'>" + payload + "</session>");
    }

    private RawClient sessionIfOffered() {
        if (Stanzas.child(features(), "session", SESSION) != null) {
            expectResult(session(""));
        }
        return this;
    }

    private Element expectResult(Element answer) {
        if (!"result".equals(answer.attributeValue("type"))) {
            throw failure("refused: " + answer.asXML());
        }
        return answer;
    }

    /** The full JID; null before binding. */
    public String jid() {
        return jid;
    }

    /** The bare JID; null before binding. */
    public String bareJid() {
        return jid == null ? null : jid.split("/", 2)[0];
    }

    /** Whether the server answers this session. One whose address was taken away by an earlier one's end is not. */
    public boolean isServed() {
        try {
            sync();
            return true;
        } catch (AssertionError e) {
            close();
            return false;
        }
    }

    /** Becomes available and waits until the server has processed that, by {@link #sync()}. */
    public RawClient presence(int priority) {
        send("<presence><priority>" + priority + "</priority></presence>");
        sync();
        return this;
    }

    /** As {@link #presence(int)} with the default priority. */
    public RawClient presence() {
        send("<presence/>");
        sync();
        return this;
    }

    /** Becomes unavailable without closing the stream, and waits until the server has processed that. */
    public RawClient unavailable() {
        send("<presence type='unavailable'/>");
        sync();
        return this;
    }

    /** Enables XEP-0198 for this stream; from now on {@code <r/>} is answered unless {@link #holdAcks} says otherwise. */
    public RawClient enableStreamManagement(boolean resumable) {
        sm.enabling();
        send("<enable xmlns='" + StreamManagement.NAMESPACE + "'" + (resumable ? " resume='true'" : "") + "/>");
        Element answer = awaitSm("enabled", "failed");
        if (!answer.getName().equals("enabled")) {
            throw failure("stream management refused: " + answer.asXML());
        }
        return this;
    }

    /** While held, the server gets no acknowledgement. A request that came meanwhile is answered when released. */
    public void holdAcks(boolean hold) {
        sm.holdAcks(hold).ifPresent(this::send);
    }

    /** Acknowledges without being asked. */
    public void sendAck() {
        send(sm.ack());
    }

    /** How many of the stanzas that came are acknowledged, as far as this client is concerned. */
    public int acknowledged() {
        return sm.told();
    }

    /** Asks for an acknowledgement and returns its {@code h}. */
    public int requestAck() {
        discardNonzas(Stanzas.named("a", StreamManagement.NAMESPACE));
        send("<r xmlns='" + StreamManagement.NAMESPACE + "'/>");
        return StreamManagement.h(awaitSm("a"));
    }

    /** Waits until everything that was sent so far is acknowledged. */
    public RawClient awaitAcked() {
        int sent = sm.sentCount();
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (sm.ackedCount() - sent < 0) {
            if (System.nanoTime() - deadline > 0) {
                throw failure("not acknowledged within " + TIMEOUT + ": " + sm.unackedSent());
            }
            requestAck();
        }
        return this;
    }

    /** Stanzas sent and not acknowledged, oldest first. After a resumption it is for the test to send them again. */
    public List<String> unackedSent() {
        return sm.unackedSent();
    }

    /**
     * After a resumption: sends again what the server has not acknowledged, as XEP-0198 §5 has it, and returns it. Nothing
     * else may be sent meanwhile.
     */
    public List<String> resendUnacked() {
        List<String> again = sm.takeUnackedSent();
        again.forEach(this::send);
        return again;
    }

    /** What {@link #resume} needs. Fixed once this connection has been cut. */
    public SmState state() {
        return sm.state(jid);
    }

    /**
     * Asks to resume, instead of binding.
     *
     * @return {@code <resumed/>} or {@code <failed/>}
     * @throws NullPointerException when the server has not offered to resume that stream
     */
    public Element tryResume(SmState state) {
        Objects.requireNonNull(state.previd(), "the server has not offered to resume this stream");
        sm.resuming(state);
        send("<resume xmlns='" + StreamManagement.NAMESPACE + "' previd='" + Xml.escape(state.previd()) + "' h='"
                + Integer.toUnsignedString(state.handled()) + "'/>");
        Element answer = awaitSm("resumed", "failed");
        if (answer.getName().equals("resumed")) {
            jid = state.jid();
        }
        return answer;
    }

    private Element awaitSm(String... names) {
        return awaitNonza(e -> e.getNamespaceURI().equals(StreamManagement.NAMESPACE)
                && List.of(names).contains(e.getName()));
    }
}
