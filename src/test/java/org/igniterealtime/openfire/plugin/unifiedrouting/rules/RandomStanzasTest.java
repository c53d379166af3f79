package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.StanzaFacts;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * What holds for every stanza. Each one has a seed of its own, which a failure prints; {@code -Drules.seed=N
 * -Drules.stanzas=1} runs that one alone.
 */
class RandomStanzasTest {

    private static final long FIRST_SEED = Long.getLong("rules.seed", 20_260_101L);
    private static final int STANZAS = Integer.getInteger("rules.stanzas", 100_000);

    private static final String[] TYPES = {null, "normal", "chat", "groupchat", "headline", "error", "Chat", ""};
    private static final String[] ADDRESSES = {
        null, Sample.ROMEO, Sample.GARDEN, Sample.ROMEO + "/gone", Sample.ROMEO + "/", "@bad@/x", "montague.example"
    };
    private static final JID[] RECIPIENTS = {new JID(Sample.ROMEO), new JID(Sample.GARDEN), new JID(Sample.JULIET), null
    };
    private static final String[] PATHS = {
        "", "", "/message/body", "-/message/*[a=b]", "-/message/x,/message/*/payload", "/message[type=headline]"
    };

    /** One of each kind, and what looks like one and is none. */
    private static final List<Element> CHILDREN = Stream.of(
                    "<body>Wherefore</body>",
                    "<body/>",
                    "<body xml:lang='it'>Ciao</body>",
                    "<subject>s</subject>",
                    "<subject/>",
                    "<thread>t</thread>",
                    Sample.ERROR,
                    "<encrypted xmlns='eu.siacs.conversations.axolotl'><header/><payload>a</payload></encrypted>",
                    "<encrypted xmlns='urn:xmpp:omemo:2'><header/></encrypted>",
                    "<openpgp xmlns='urn:xmpp:openpgp:0'>a</openpgp>",
                    "<x xmlns='jabber:x:encrypted'/>",
                    "<encryption xmlns='urn:xmpp:eme:0'/>",
                    "<x xmlns='jabber:x:conference'/>",
                    "<x xmlns='http://jabber.org/protocol/muc#user'><invite/></x>",
                    "<x xmlns='http://jabber.org/protocol/muc#user'/>",
                    "<x xmlns='http://jabber.org/protocol/muc#user'><item/></x>",
                    "<propose xmlns='urn:xmpp:jingle-message:0'/>",
                    "<invite xmlns='urn:xmpp:call-invites:0'/>",
                    "<replace xmlns='urn:xmpp:message-correct:0' id='a'/>",
                    "<retract xmlns='urn:xmpp:message-retract:1'/>",
                    "<moderated xmlns='urn:xmpp:message-moderate:1'/>",
                    "<reactions xmlns='urn:xmpp:reactions:0'/>",
                    "<apply-to xmlns='urn:xmpp:fasten:0'/>",
                    Sample.RECEIPT,
                    "<request xmlns='urn:xmpp:receipts'/>",
                    "<displayed xmlns='urn:xmpp:chat-markers:0'/>",
                    "<markable xmlns='urn:xmpp:chat-markers:0'/>",
                    "<attention xmlns='urn:xmpp:attention:0'/>",
                    Sample.CHAT_STATE,
                    "<rtt xmlns='urn:xmpp:rtt:0'/>",
                    "<event xmlns='http://jabber.org/protocol/pubsub#event'><items/></event>",
                    "<jingle xmlns='urn:xmpp:jingle:1'/>",
                    "<sent xmlns='urn:xmpp:carbons:2'/>",
                    "<received xmlns='urn:xmpp:carbons:2'/>",
                    "<result xmlns='urn:xmpp:mam:2'/>",
                    "<mamsub xmlns='urn:xmpp:mam:sub:0'/>",
                    "<no-store xmlns='urn:xmpp:hints'/>",
                    "<no-permanent-store xmlns='urn:xmpp:hints'/>",
                    "<store xmlns='urn:xmpp:hints'/>",
                    "<no-copy xmlns='urn:xmpp:hints'/>",
                    "<private xmlns='urn:xmpp:carbons:2'/>",
                    "<im-ng xmlns='urn:xmpp:im-ng:0'/>",
                    "<reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:romeo@montague.example'/>",
                    "<reference xmlns='urn:xmpp:reference:0'/>",
                    "<stanza-id xmlns='urn:xmpp:sid:0'/>",
                    "<x xmlns='urn:example:x' a='b'/>",
                    "<no-store/>",
                    "<body xmlns='urn:example:x'>b</body>")
            .map(child -> Sample.parse("<message xmlns='jabber:client'>" + child + "</message>")
                    .getElement()
                    .elements()
                    .get(0))
            .toList();

    private record Case(
            Message stanza,
            MessageContext context,
            RuleSettings settings,
            JID from,
            JID to,
            AccountState account,
            List<SessionSnapshot> sessions) {

        MessageFacts facts() {
            return StanzaFacts.of(stanza, context, settings);
        }

        JudgedMessage judged() {
            return JudgedMessage.of(facts(), RoutingRules.judge(facts(), settings), from, to);
        }
    }

    @Test
    void whateverComesIsJudgedAndPlanned() {
        IntStream.range(0, STANZAS).mapToLong(i -> FIRST_SEED + i).forEach(this::check);
    }

    private void check(long seed) {
        try {
            Case random = generate(new Random(seed));
            verdictIsStableUnderReorderingAndPrefixes(random, new Random(seed));
            recipientsPlanHolds(random);
            sendersPlanHolds(random);
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static void verdictIsStableUnderReorderingAndPrefixes(Case random, Random order) {
        Verdict verdict = random.judged().verdict();
        List<Element> children = new ArrayList<>(random.stanza().getElement().elements());
        children.forEach(Element::detach);
        Collections.shuffle(children, order);
        children.forEach(child -> prefix(child, order));
        children.forEach(random.stanza().getElement()::add);

        assertThat(random.judged().verdict()).isEqualTo(verdict);
    }

    private static void recipientsPlanHolds(Case random) {
        JudgedMessage message = random.judged();
        MessageFacts facts = message.facts();
        Verdict verdict = message.verdict();
        DeliveryPlan plan = DeliveryPlan.atRecipient(message, random.account(), random.sessions(), random.settings());

        for (SessionDelivery delivery : plan.sessions()) {
            List<Copy> copies = List.copyOf(delivery.copies());
            if (copies.contains(Copy.RAW) && verdict.audience() == Audience.ONE_CLIENT) {
                assertThat(message.isAddressedTo(delivery.session())).isTrue();
            }
            assertThat(copies).doesNotContain(Copy.CARBON_SENT, Copy.REFLECTION);
            if (copies.contains(Copy.CARBON_RECEIVED)) {
                assertThat(copies).doesNotContain(Copy.RAW);
                assertThat(delivery.session().modes())
                        .contains(SessionMode.CARBONS)
                        .doesNotContain(SessionMode.ROUTING_NG);
                assertThat(facts.has(PayloadKind.PRIVATE)).isFalse();
            }
            if (copies.contains(Copy.NOTIFICATION)) {
                assertThat(plan.kept().isInArchive()).isTrue();
            }
            if (plan.sender().isError()) {
                assertThat(copies).isEmpty();
            }
            if (delivery.mayWait()) {
                assertThat(verdict.urgency()).isEqualTo(Urgency.DEFERRABLE);
            }
        }
        if (facts.isError()) {
            assertThat(plan.sender()).isEqualTo(SenderOutcome.SILENCE);
            assertThat(plan.kept()).isIn(Kept.ARCHIVE, Kept.NOTHING);
        }
        if (verdict.persistence() == Persistence.TRANSIENT) {
            assertThat(plan.kept()).isEqualTo(Kept.NOTHING);
            assertThat(plan.push()).isFalse();
        }
        if (verdict.persistence() == Persistence.OFFLINE_ONLY) {
            assertThat(plan.kept().isInArchive()).isFalse();
        }
        if (facts.has(PayloadKind.NO_STORE) && !facts.isError()) {
            assertThat(plan.kept()).isEqualTo(Kept.NOTHING);
        }
    }

    private static void sendersPlanHolds(Case random) {
        JudgedMessage message = random.judged();
        DeliveryPlan plan = DeliveryPlan.atSender(message, random.account(), random.sessions(), random.settings());

        assertThat(plan.sender()).isEqualTo(SenderOutcome.SILENCE);
        if (message.isToOneself() || message.facts().isError()) {
            assertThat(plan.kept()).isEqualTo(Kept.NOTHING);
        }
        for (SessionDelivery delivery : plan.sessions()) {
            assertThat(delivery.copies()).doesNotContain(Copy.RAW, Copy.CARBON_RECEIVED);
            if (message.isSentBy(delivery.session())) {
                assertThat(delivery.copies()).doesNotContain(Copy.CARBON_SENT);
            }
        }
    }

    private static Case generate(Random random) {
        Message stanza = new Message(DocumentHelper.createElement(QName.get("message", "jabber:client")));
        Sample.attribute(stanza, "type", pick(random, TYPES));
        Sample.attribute(stanza, "to", pick(random, ADDRESSES));
        Sample.attribute(stanza, "from", pick(random, ADDRESSES));
        int children = random.nextInt(7);
        for (int i = 0; i < children; i++) {
            Element child = random.nextInt(20) == 0
                    ? nonsense(random)
                    : pick(random, CHILDREN).createCopy();
            prefix(child, random);
            stanza.getElement().add(child);
        }
        MessageContext context = new MessageContext(
                pick(random, Origin.values()),
                random.nextBoolean(),
                random.nextInt(8) == 0,
                pick(random, "", "Masked"));
        RuleSettings settings = new RuleSettings(
                pick(random, UnknownPayload.values()),
                pick(random, GroupchatUrgency.values()),
                Sample.paths(pick(random, PATHS)),
                pick(random, PlainRouting.values()),
                random.nextBoolean(),
                pick(random, QuotaExceeded.values()),
                pick(random, ArchiveQuotaReaction.values()));
        AccountState account = AccountState.of(Arrays.stream(AccountCondition.values())
                .filter(condition -> random.nextInt(8) == 0)
                .toArray(AccountCondition[]::new));
        return new Case(
                stanza,
                context,
                settings,
                pick(random, RECIPIENTS),
                pick(random, RECIPIENTS),
                account,
                sessions(random));
    }

    private static List<SessionSnapshot> sessions(Random random) {
        return Stream.of("garden", "home", "balcony", "park")
                .filter(resource -> random.nextBoolean())
                .map(resource -> new SessionSnapshot(
                        resource,
                        random.nextInt(3) == 0 ? OptionalInt.empty() : OptionalInt.of(random.nextInt(4) - 2),
                        pick(random, Show.values()),
                        random.nextInt(3),
                        pick(random, Activity.values()),
                        Set.copyOf(Arrays.stream(SessionMode.values())
                                .filter(mode -> random.nextInt(3) == 0)
                                .toList())))
                .toList();
    }

    /** Another prefix, or none, for an element of a namespace: its name stays the same (Namespaces in XML §6). */
    private static void prefix(Element element, Random random) {
        String namespace = element.getNamespaceURI();
        if (!namespace.isEmpty()) {
            element.setQName(QName.get(element.getName(), pick(random, "", "", "p", "q"), namespace));
        }
    }

    private static Element nonsense(Random random) {
        Element element = DocumentHelper.createElement(
                QName.get("n" + random.nextInt(50), random.nextBoolean() ? "" : "urn:example:" + random.nextInt(50)));
        for (int i = random.nextInt(4); i > 0; i--) {
            element.add(pick(random, CHILDREN).createCopy());
        }
        return element;
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... values) {
        return values[random.nextInt(values.length)];
    }

    private static <T> T pick(Random random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
