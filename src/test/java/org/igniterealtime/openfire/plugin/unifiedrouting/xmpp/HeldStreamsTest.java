package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.session.LocalSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a client's stream waits for the archive, and whose messages need not wait because of that. */
class HeldStreamsTest {

    private final List<String> events = new ArrayList<>();
    private final Connection connection = mock(Connection.class);
    private final LocalSession session = mock(LocalSession.class);
    private final List<Object> asked = new ArrayList<>();
    private final List<Object> closed = new ArrayList<>();
    private boolean isSuperseded;
    private boolean isCounting;
    private final FakeProgress writer = new FakeProgress();
    private final HeldStreams streams = new HeldStreams(new HeldAcknowledgements(writer), new NoResumptions());

    /** Every session is where it was. */
    private final class NoResumptions implements HeldStreams.Resumptions {

        @Override
        public void asks(Object connection) {
            asked.add(connection);
        }

        @Override
        public void closes(Object connection) {
            closed.add(connection);
        }

        @Override
        public boolean isOne(String element, Object connection) {
            return true;
        }

        @Override
        public HeldStreams.Step begin(String resume, Object from) {
            return () -> {};
        }

        @Override
        public Optional<HeldStreams.Step> stanza(Object connection, boolean isMessage) {
            return isSuperseded ? Optional.empty() : Optional.of(() -> {});
        }

        @Override
        public Optional<HeldStreams.Step> counting(Object connection) {
            return Optional.of(() -> {});
        }

        @Override
        public boolean refuses(Object connection) {
            return isCounting;
        }

        @Override
        public HeldStreams.Step end(Object connection) {
            return () -> {};
        }

        @Override
        public void elementBegins() {
            // Nothing is kept of what threads write.
        }
    }

    HeldStreamsTest() {
        when(session.getConnection()).thenReturn(connection);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<sm:r xmlns:sm='urn:xmpp:sm:3'/>",
                "<resume xmlns='urn:xmpp:sm:3' previd='x' h='1'/>",
                "<authenticate xmlns='urn:xmpp:sasl:2'/>",
                "<abc/>",
                "</stream:stream>"
            })
    void whatMayBeAnsweredWithAnotherCountWaits(String element) {
        pass(element);
        assertThat(writer.waits()).isEqualTo(1);
        assertThat(events).containsExactly(element);
        assertThat(closed).hasSize(element.equals("</stream:stream>") ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<message to='a'><body>resume</body></message>",
                "<presence/>",
                "<iq type='get'/>",
                "<a xmlns='urn:xmpp:sm:3' h='1'/>",
                "<a/>",
                "<r xmlns='urn:xmpp:sm:3'/>",
                "<r/>",
                "<stream:stream to='verona.example'>",
                "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
                "<enable xmlns='urn:xmpp:sm:3' resume='true'/>"
            })
    void nothingElseDoes(String element) {
        pass(element);
        assertThat(asked).hasSize(element.startsWith("<r") ? 1 : 0);
        assertThat(writer.waits()).isZero();
        assertThat(events).containsExactly(element);
    }

    /** The server would stop counting, and forget what was not acknowledged. */
    @Test
    void whoHasStreamManagementIsRefusedItBeforeTheServerIsAsked() {
        isCounting = true;
        for (String element : new String[] {
            "<enable xmlns='urn:xmpp:sm:3'/>",
            "<sm:enable xmlns:sm='urn:xmpp:sm:2' resume='true'/>",
            "<resume xmlns='urn:xmpp:sm:3' previd='x' h='1'/>",
            "<abc xmlns='urn:xmpp:sm:3'/>"
        }) {
            pass(element);
        }
        assertThat(events).isEmpty();
        pass("<sm:r xmlns:sm='urn:xmpp:sm:3'/>");
        pass("<a xmlns='urn:xmpp:sm:3' h='1'/>");
        pass("<message to='a'><body>urn:xmpp:sm:3</body></message>");
        assertThat(events).hasSize(3);
    }

    /** The server would do it for the session, which goes on over another connection. */
    @Test
    void whatComesOverAnEarlierConnectionOfASessionDoesNotPass() {
        isSuperseded = true;
        for (String element : new String[] {"<r/>", "<message/>", "</stream:stream>", "<abc/>"}) {
            pass(element);
        }
        assertThat(events).isEmpty();
    }

    /** A client can ask as often as it likes. */
    @Test
    void whoAsksWhenManyAcknowledgementsAreHeldWaits() {
        writer.hand();
        for (int i = 0; i < HeldAcknowledgements.MOST; i++) {
            pass("<r/>");
            assertThat(streams.hold(() -> {})).isTrue();
        }
        assertThat(writer.waits()).isZero();
        writer.settleUpTo(1);
        pass("<r/>");
        assertThat(writer.waits()).isEqualTo(1);
        pass("<message/>");
        assertThat(writer.waits()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<a xmlns='urn:xmpp:sm:3' h='1' />", "<a h='1'/>"})
    void whatTellsHowFarTheServerHasGotIsAnAcknowledgement(String text) {
        assertThat(HeldStreams.isAcknowledgement(i -> i < text.length() ? text.charAt(i) : -1))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<", "<a", "<abc d=''/>", "<r xmlns='urn:xmpp:sm:3'/>", "<message/>", " <a h='1'/>"})
    void nothingElseIs(String text) {
        assertThat(HeldStreams.isAcknowledgement(i -> i < text.length() ? text.charAt(i) : -1))
                .isFalse();
    }

    @Test
    void onlyTheMessageThatThisThreadPassesOnIsCovered() {
        assertThat(streams.covers(session)).isFalse();
        streams.pass(
                "<message/>",
                connection,
                () -> assertThat(streams.covers(session)).isTrue());
        assertThat(streams.covers(session)).isFalse();
    }

    @Test
    void whatAnEarlierConnectionOfTheSessionBroughtIsNotCovered() {
        streams.pass(
                "<message/>",
                mock(Connection.class),
                () -> assertThat(streams.covers(session)).isFalse());
        when(session.getConnection()).thenReturn(null);
        streams.pass(
                "<message/>",
                connection,
                () -> assertThat(streams.covers(session)).isFalse());
        streams.pass(
                "<message/>", null, () -> assertThat(streams.covers(session)).isFalse());
    }

    @Test
    void nothingIsCoveredWhileSomebodyResumes() throws InterruptedException {
        AtomicBoolean covered = new AtomicBoolean(true);
        streams.pass("<resume xmlns='urn:xmpp:sm:3'/>", mock(Connection.class), () -> {
            Thread other = new Thread(
                    () -> streams.pass("<message/>", connection, () -> covered.set(streams.covers(session))));
            other.start();
            other.join();
        });
        assertThat(covered).isFalse();
        streams.pass(
                "<message/>",
                connection,
                () -> assertThat(streams.covers(session)).isTrue());
    }

    @Test
    void aServerThatThrowsLeavesNothingBehind() {
        assertThatThrownBy(() -> streams.pass("<resume/>", connection, () -> {
                    throw new IllegalStateException("server");
                }))
                .hasMessage("server");
        assertThat(streams.covers(session)).isFalse();
        streams.pass(
                "<message/>",
                connection,
                () -> assertThat(streams.covers(session)).isTrue());
    }

    private void pass(String element) {
        streams.pass(element, connection, () -> events.add(element));
    }
}
