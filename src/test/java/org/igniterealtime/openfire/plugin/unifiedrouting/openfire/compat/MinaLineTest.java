package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFilter;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.jivesoftware.openfire.spi.ConnectionManagerImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The filter of Openfire 4.2 on a real acceptor that hears lines. */
class MinaLineTest {

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final MinaLine line = new MinaLine(
            new HeldStreams(() -> events.add("settled"), new ResumedStreams(streamId -> Optional.empty())));
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
            }
        });
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() {
        acceptor.dispose();
    }

    @Test
    void connectionsThatAreThereAndThoseToComeGetTheFilterOnce() throws IOException {
        try (Socket before = connect(1)) {
            line.install(acceptor);
            line.install(acceptor);
            try (Socket after = connect(2)) {
                say(before, "<r/>");
                await().untilAsserted(() -> assertThat(events).containsExactly("settled", "<r/>"));
                say(after, "<r/>");
                await().untilAsserted(() -> assertThat(events).containsExactly("settled", "<r/>", "settled", "<r/>"));
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
                        say(socket, "<r/>");
                    }
                    await().untilAsserted(() -> assertThat(events).containsExactly("<r/>", "<r/>", "<r/>"));
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
