package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import org.dom4j.DocumentException;
import org.dom4j.DocumentHelper;
import org.igniterealtime.openfire.plugin.unifiedrouting.sessions.ModelSession.Mode;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.Received;
import org.igniterealtime.openfire.testclient.SmState;
import org.junit.jupiter.api.Test;

/** What the model makes of a connection that is cut while something is under way to its client. */
class SequenceCheckTest {

    private static final String DOMAIN = "example.test";

    private final ModelAccount account = new ModelAccount("a", "alice", DOMAIN);
    private final ModelSession sender =
            new ModelSession(new ModelAccount("c", "carol", DOMAIN), "phone", Mode.PLAIN, 1);
    private final Client phone = new Client("phone", Mode.ACKED, 2);
    private final Client desk = new Client("desk", Mode.PLAIN, 3);
    private final List<SentMessage> sent = new ArrayList<>();
    private final List<ModelAccount.Row> archive = new ArrayList<>();

    @Test
    void whatWasUnderWayAtTheCutMayComeToAnotherSessionBehindWhatWasSentLater() {
        phone.hears();
        List<SentMessage> unread = sendToPhone(Kind.CHAT, 3);
        SentMessage later = send(Kind.CHAT, desk.session);
        processed();
        desk.gets(later, "");
        phone.session.connection().ended();
        unread.forEach(message -> desk.gets(message, DELAY));
        assertThat(problems()).isEmpty();
    }

    @Test
    void whatTheClientWouldHaveHeardHasNotBeenWrittenToIt() {
        List<SentMessage> overtaken = sendToPhone(Kind.CHAT, 3);
        SentMessage later = send(Kind.CHAT, desk.session);
        processed();
        phone.hears();
        desk.gets(later, "");
        phone.session.connection().ended();
        overtaken.forEach(message -> desk.gets(message, DELAY));
        List<String> problems = problems();
        assertThat(problems)
                .filteredOn(problem -> problem.contains("OUT OF ORDER to " + desk.session + ", after #4"))
                .hasSize(3);
        assertThat(problems.subList(1, 3))
                .as("what became of the two of them")
                .satisfiesExactly(
                        older -> assertThat(older).contains("#1 sent at ", " RAW with delay to " + desk.session),
                        newer -> assertThat(newer).contains("#4 sent at ", " RAW to " + desk.session));
    }

    @Test
    void whatMustNotBeStoredComesBackFromACutConnectionAllTheSame() {
        phone.hears();
        SentMessage unread = sendToPhone(Kind.NO_STORE, 1).get(0);
        processed();
        phone.session.connection().ended();
        Client drain = new Client("drain", Mode.PLAIN, 4);
        account.sessions.remove(drain.session);
        account.drain = drain.session;
        drain.gets(unread, DELAY);
        assertThat(problems()).isEmpty();
    }

    @Test
    void whatMustNotBeStoredAndIsTakenFromTheOfflineSetWasKept() {
        SentMessage kept = sendToPhone(Kind.NO_STORE, 1).get(0);
        processed();
        phone.hears();
        phone.session.connection().ended();
        Client drain = new Client("drain", Mode.PLAIN, 4);
        account.sessions.remove(drain.session);
        account.drain = drain.session;
        drain.gets(kept, DELAY);
        assertThat(problems()).anySatisfy(problem -> assertThat(problem).contains("KEPT"));
    }

    private static final String DELAY = "<delay xmlns='urn:xmpp:delay' stamp='2027-01-01T00:00:00Z'/>";

    private List<SentMessage> sendToPhone(Kind kind, int count) {
        List<SentMessage> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(send(kind, phone.session));
        }
        return messages;
    }

    private SentMessage send(Kind kind, ModelSession to) {
        int number = sent.size() + 1;
        SentMessage message = new SentMessage(kind, sender, account, to.jid(), number, "m" + number);
        sent.add(message);
        if (kind.isArchived()) {
            archive.add(new ModelAccount.Row("mid-" + message.id, message.id));
        }
        return message;
    }

    private void processed() {
        sent.forEach(message -> message.processedAt = System.nanoTime());
    }

    private List<String> problems() {
        account.archive = archive;
        return new SequenceCheck(account, sent, List.of()).problems(new Transcript());
    }

    /** A session of the account with its client. */
    private final class Client {

        final ModelSession session;
        private final List<Received> log = new ArrayList<>();
        private final RawClient client = mock(RawClient.class);

        Client(String resource, Mode mode, int number) {
            session = new ModelSession(account, resource, mode, number);
            when(client.received()).thenReturn(log);
            when(client.state()).thenReturn(new SmState(session.jid(), null, null, 0, 0, List.of()));
            session.connections.add(ModelConnection.first(session, client));
            account.sessions.add(session);
        }

        /** What the server has written to it by now, it has read. */
        void hears() {
            long now = System.nanoTime();
            when(client.heardUntil()).thenReturn(now);
        }

        void gets(SentMessage message, String delay) {
            String more = delay
                    + (message.kind.isArchived()
                            ? "<stanza-id xmlns='urn:xmpp:sid:0' by='" + account.jid + "' id='mid-" + message.id + "'/>"
                            : "");
            try {
                String xml = message.xml.replaceFirst("<message ", "<message xmlns='jabber:client' ");
                log.add(new Received(
                        DocumentHelper.parseText(xml.replace("</message>", more + "</message>"))
                                .getRootElement(),
                        System.nanoTime()));
            } catch (DocumentException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
