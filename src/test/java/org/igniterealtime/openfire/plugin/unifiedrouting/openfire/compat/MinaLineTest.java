package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFilter;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.FakeProgress;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldAcknowledgements;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.spi.ConnectionManagerImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The filter of Openfire 4.2 on a real acceptor that hears lines. */
class MinaLineTest {

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final FakeProgress writer = new FakeProgress();
    private final HeldAcknowledgements acknowledgements = new HeldAcknowledgements(writer);
    private final MinaLine line =
            new MinaLine(new HeldStreams(acknowledgements, new ResumedStreams(streamId -> Optional.empty())));
    private final NioSocketAcceptor acceptor = new NioSocketAcceptor(1);

    @BeforeEach
    void listen() throws IOException {
        acceptor.getFilterChain()
                .addLast(
                        ConnectionManagerImpl.XMPP_CODEC_FILTER_NAME,
                        new ProtocolCodecFilter(new TextLineCodecFactory(StandardCharsets.UTF_8)));
        acceptor.setHandler(new IoHandlerAdapter() {
            @Override
            public void messageReceived(IoSession session, Object message) {
                events.add((String) message);
                if (message.equals("<r/>")) {
                    deliver(session, "<a h='1'/>");
                    deliver(session, "<message/>");
                }
            }
        });
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** As Openfire does. */
    private static void deliver(IoSession session, String text) {
        session.write(IoBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    @AfterEach
    void close() {
        writer.settleUpTo(Long.MAX_VALUE);
        acknowledgements.close();
        acceptor.dispose();
    }

    @Test
    void acknowledgementsWaitForTheArchiveAndNothingElseDoes() throws IOException {
        line.install(acceptor);
        acknowledgements.start();
        writer.hand();
        try (Socket client = connect(1)) {
            IoSession session =
                    acceptor.getManagedSessions().values().iterator().next();
            Connection connection = mock(Connection.class);
            doAnswer(call -> {
                        deliver(
                                session,
                                "again " + call.getArgument(0, String.class).strip());
                        return null;
                    })
                    .when(connection)
                    .deliverRawText(anyString());
            session.setAttribute("CONNECTION", connection);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            say(client, "<r/>");
            say(client, "<iq/>");
            assertThat(in.readLine()).isEqualTo("<message/>");
            await().untilAsserted(() -> assertThat(events).containsExactly("<r/>", "<iq/>"));
            assertThat(in.ready()).isFalse();
            writer.settleUpTo(1);
            assertThat(in.readLine()).isEqualTo("again <a h='1'/>");
            await().until(() -> {
                say(client, "<r/>");
                in.readLine();
                return !in.readLine().startsWith("again");
            });
        }
    }

    @Test
    void connectionsThatAreThereAndThoseToComeGetTheFilterOnce() throws IOException {
        try (Socket before = connect(1)) {
            line.install(acceptor);
            line.install(acceptor);
            try (Socket after = connect(2)) {
                say(before, "<unknown/>");
                await().untilAsserted(() -> assertThat(events).containsExactly("<unknown/>"));
                assertThat(writer.waits()).isEqualTo(1);
                say(after, "<unknown/>");
                await().untilAsserted(() -> assertThat(events).containsExactly("<unknown/>", "<unknown/>"));
                assertThat(writer.waits()).isEqualTo(2);
            }
        }
    }

    @Test
    void nothingIsLeftBehind() throws IOException {
        try (Socket before = connect(1)) {
            line.install(acceptor);
            try (Socket after = connect(2)) {
                line.remove(acceptor);
                assertThat(acceptor.getFilterChain().contains(MinaLine.NAME)).isFalse();
                assertThat(acceptor.getManagedSessions().values())
                        .hasSize(2)
                        .noneMatch(session -> session.getFilterChain().contains(MinaLine.NAME));
                try (Socket later = connect(3)) {
                    for (Socket socket : List.of(before, after, later)) {
                        say(socket, "<unknown/>");
                    }
                    await().untilAsserted(
                                    () -> assertThat(events).containsExactly("<unknown/>", "<unknown/>", "<unknown/>"));
                    assertThat(writer.waits()).isZero();
                }
            }
        }
    }

    private Socket connect(int connections) throws IOException {
        InetSocketAddress address = acceptor.getLocalAddress();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        await().until(() -> acceptor.getManagedSessionCount() == connections);
        return socket;
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
