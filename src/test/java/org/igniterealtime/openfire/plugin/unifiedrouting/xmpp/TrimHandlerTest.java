package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.jivesoftware.openfire.session.ClientSession;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.IQ;
import org.xmpp.packet.JID;
import org.xmpp.packet.PacketError;

/** Trimming by the owner (PROTOCOL section 5), which takes its time elsewhere. */
class TrimHandlerTest {

    private final Deque<Runnable> background = new ArrayDeque<>();
    private final List<IQ> answers = new ArrayList<>();
    private boolean isLeaving;
    private final InMemoryArchive archive = new InMemoryArchive() {
        @Override
        public Runnable trimAll(String owner) {
            Runnable trimming = super.trimAll(owner);
            return () -> {
                if (isLeaving) {
                    throw new StoreUnavailable("The plugin leaves");
                }
                trimming.run();
            };
        }
    };
    private TrimHandler handler = handler(background::add);

    private TrimHandler handler(Executor executor) {
        return new TrimHandler(ACCOUNTS, jid -> Optional.of(session(jid)), archive, executor);
    }

    private ClientSession session(JID jid) {
        ClientSession session = mock(ClientSession.class);
        when(session.getAddress()).thenReturn(jid);
        doAnswer(call -> answers.add(call.getArgument(0))).when(session).process(any());
        return session;
    }

    private void add(String owner, String... mids) {
        for (String mid : mids) {
            archive.append(List.of(
                    new NewEntry(owner, new Mid(mid), Direction.RECEIVED, JULIET, Instant.EPOCH, "<message/>")));
        }
    }

    private List<String> left(String owner) {
        return archive.archive(owner).stream()
                .map(ArchivedMessage::mid)
                .map(Mid::value)
                .toList();
    }

    private static IQ trim(JID from, String upTo) {
        IQ request = new IQ(IQ.Type.set, "trim " + upTo);
        request.setFrom(from);
        Element trim = DocumentHelper.createElement(QName.get("trim", Namespaces.MAM_TRIM));
        if (upTo != null) {
            trim.addElement("id").setText(upTo);
        }
        request.setChildElement(trim);
        return request;
    }

    @Test
    void itIsAnsweredWhenItIsDone() {
        add("romeo", "a", "b", "c");
        assertThat(handler.handleIQ(trim(ROMEO, "b"))).isNull();
        assertThat(left("romeo")).containsExactly("a", "b", "c");
        assertThat(answers).isEmpty();

        background.remove().run();
        assertThat(left("romeo")).containsExactly("c");
        assertThat(answers).extracting(IQ::getType).containsExactly(IQ.Type.result);
        assertThat(answers.get(0).getID()).isEqualTo("trim b");
    }

    /** Only an empty one deletes everything. */
    @Test
    void whatSaysSomethingElseDeletesNothing() {
        add("romeo", "a", "b");
        for (String odd : List.of("before", "after", "set", "ID")) {
            IQ request = trim(ROMEO, null);
            request.getChildElement().addElement(odd).setText("a");
            assertThat(handler.handleIQ(request).getError().getCondition())
                    .as(odd)
                    .isEqualTo(PacketError.Condition.bad_request);
        }
        IQ twice = trim(ROMEO, "a");
        twice.getChildElement().addElement("id").setText("b");
        assertThat(handler.handleIQ(twice).getError().getCondition()).isEqualTo(PacketError.Condition.bad_request);
        IQ text = trim(ROMEO, null);
        text.getChildElement().setText("a");
        assertThat(handler.handleIQ(text).getError().getCondition()).isEqualTo(PacketError.Condition.bad_request);
        IQ attribute = trim(ROMEO, null);
        attribute.getChildElement().addAttribute("id", "a");
        assertThat(handler.handleIQ(attribute).getError().getCondition()).isEqualTo(PacketError.Condition.bad_request);
        assertThat(background).isEmpty();
        assertThat(left("romeo")).containsExactly("a", "b");
    }

    @Test
    void whatComesAfterTheRequestStays() {
        add("romeo", "a");
        handler.handleIQ(trim(ROMEO, null));
        add("romeo", "b");
        background.remove().run();
        assertThat(left("romeo")).containsExactly("b");
    }

    @Test
    void oneAtATimeForEachAccount() {
        add("romeo", "a", "b");
        add("juliet", "a");
        handler.handleIQ(trim(ROMEO, "a"));
        IQ refusal = handler.handleIQ(trim(new JID(ROMEO.getNode(), ROMEO.getDomain(), "elsewhere"), "b"));
        assertThat(refusal.getError().getCondition()).isEqualTo(PacketError.Condition.resource_constraint);
        assertThat(refusal.getError().getType()).isEqualTo(PacketError.Type.wait);
        assertThat(handler.handleIQ(trim(JULIET, null))).isNull();
        background.remove().run();
        assertThat(handler.handleIQ(trim(ROMEO, "b"))).as("when it is done").isNull();
    }

    @Test
    void whatIsRefusedKeepsNobodyFromAskingAgain() {
        add("romeo", "a");
        for (String unknown : List.of("b", "b")) {
            assertThat(handler.handleIQ(trim(ROMEO, unknown)).getError().getCondition())
                    .isEqualTo(PacketError.Condition.item_not_found);
        }
        assertThat(background).isEmpty();
    }

    @Test
    void aPluginThatLeavesAnswers() {
        add("romeo", "a");
        handler.handleIQ(trim(ROMEO, null));
        isLeaving = true;
        background.remove().run();
        assertThat(answers).hasSize(1);
        assertIsUnavailable(answers.get(0));
        assertThat(left("romeo")).containsExactly("a");

        isLeaving = false;
        assertThat(handler.handleIQ(trim(ROMEO, null))).isNull();
        handler = handler(task -> {
            throw new RejectedExecutionException("shut down");
        });
        assertIsUnavailable(handler.handleIQ(trim(JULIET, null)));
        assertIsUnavailable(handler.handleIQ(trim(JULIET, null)));
    }

    private static void assertIsUnavailable(IQ answer) {
        assertThat(answer.getError().getCondition()).isEqualTo(PacketError.Condition.internal_server_error);
        assertThat(answer.getError().getType()).isEqualTo(PacketError.Type.wait);
    }
}
