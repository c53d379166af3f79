package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.io.StringReader;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dom4j.DocumentException;
import org.dom4j.io.SAXReader;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.StanzaFacts;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * What the rules cost per message. A thousand messages are parsed beforehand and judged in turn, so that neither the
 * processor's caches nor the compiler know the next one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RulesBenchmark {

    private static final int MESSAGES = 1_000;
    private static final String FROM = "juliet@capulet.example/balcony";
    private static final String TO = "romeo@montague.example";

    /** What today's clients send for one line of chat. */
    private static final String TYPICAL = "<body>Wherefore art thou number %d?</body>"
            + "<request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/>"
            + "<origin-id xmlns='urn:xmpp:sid:0' id='o%d'/><markable xmlns='urn:xmpp:chat-markers:0'/>";

    private static final String ENCRYPTED = "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='%d'>"
            + "<key rid='1'>a</key><key rid='2'>b</key><iv>c</iv></header><payload>d</payload></encrypted>"
            + "<encryption xmlns='urn:xmpp:eme:0'/><body>e</body><store xmlns='urn:xmpp:hints' id='%d'/>";

    private final Message[] typical = new Message[MESSAGES];
    private final Message[] encrypted = new Message[MESSAGES];
    private final RuleSettings settings = RuleSettings.defaults();
    private final RuleSettings withPaths = RuleSettings.builder()
            .storePaths(((StorePaths.Valid)
                            StorePaths.parse("-/message/plain,/message/received[urn:xmpp:receipts],/message/*/items"))
                    .paths())
            .build();
    private final MessageContext context = MessageContext.local();
    private final JID from = new JID(FROM);
    private final JID to = new JID(TO);
    private final List<SessionSnapshot> sessions = List.of(
            SessionSnapshot.available("garden", 5).with(SessionMode.CARBONS),
            SessionSnapshot.available("home", 0).with(SessionMode.SUBSCRIBED),
            SessionSnapshot.unavailable("park").with(SessionMode.ROUTING_NG));
    private int next;

    @Setup
    public void parse() throws DocumentException {
        for (int i = 0; i < MESSAGES; i++) {
            typical[i] = message(TYPICAL, i);
            encrypted[i] = message(ENCRYPTED, i);
        }
    }

    private static Message message(String children, int number) throws DocumentException {
        String xml = "<message xmlns='jabber:client' type='chat' id='m%d' from='%s' to='%s'>%s</message>"
                .formatted(number, FROM, TO, children.formatted(number, number));
        return new Message(new SAXReader().read(new StringReader(xml)).getRootElement());
    }

    private int next() {
        next = next + 1 < MESSAGES ? next + 1 : 0;
        return next;
    }

    @Benchmark
    public Verdict typicalChat() {
        return RoutingRules.judge(StanzaFacts.of(typical[next()], context, settings), settings);
    }

    @Benchmark
    public Verdict typicalChatWithStorePaths() {
        return RoutingRules.judge(StanzaFacts.of(typical[next()], context, withPaths), withPaths);
    }

    @Benchmark
    public Verdict encryptedWithHint() {
        return RoutingRules.judge(StanzaFacts.of(encrypted[next()], context, settings), settings);
    }

    @Benchmark
    public DeliveryPlan typicalChatWithPlan() {
        MessageFacts facts = StanzaFacts.of(typical[next()], context, settings);
        JudgedMessage judged = JudgedMessage.of(facts, RoutingRules.judge(facts, settings), from, to);
        return DeliveryPlan.atRecipient(judged, AccountState.ORDINARY, sessions, settings);
    }
}
