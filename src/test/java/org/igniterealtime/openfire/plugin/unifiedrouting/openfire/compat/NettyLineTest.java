package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.FakeProgress;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldAcknowledgements;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The filter of Openfire 5 in a pipeline as Openfire makes it. */
class NettyLineTest {

    private static final String SERVER = "businessLogicHandler";

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final FakeProgress writer = new FakeProgress();
    private final HeldAcknowledgements acknowledgements = new HeldAcknowledgements(writer);
    private final NettyLine line =
            new NettyLine(new HeldStreams(acknowledgements, new ResumedStreams(streamId -> Optional.empty())));
    private final EventExecutorGroup executors = new DefaultEventExecutorGroup(2);
    private final EmbeddedChannel channel = new EmbeddedChannel();

    private final class Server extends SimpleChannelInboundHandler<String> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, String element) {
            events.add(element);
        }
    }

    @AfterEach
    void close() {
        channel.close();
        writer.settleUpTo(Long.MAX_VALUE);
        acknowledgements.close();
        executors.shutdownGracefully();
    }

    @Test
    void theFilterStandsBeforeTheServerOnItsThread() {
        channel.pipeline().addLast(executors, SERVER, new Server());
        line.add(channel.pipeline());
        line.add(channel.pipeline());
        assertThat(channel.pipeline().names()).containsSequence(NettyLine.ANSWERS, NettyLine.NAME, SERVER);
        assertThat(channel.pipeline().context(NettyLine.NAME).executor())
                .isSameAs(channel.pipeline().context(SERVER).executor());

        channel.pipeline().fireChannelRead("<message/>").fireChannelRead("<unknown/>");

        await().untilAsserted(() -> assertThat(events).containsExactly("<message/>", "<unknown/>"));
        assertThat(writer.waits()).isEqualTo(1);
    }

    @Test
    void acknowledgementsWaitForTheArchiveAndNothingElseDoes() {
        channel.pipeline().addLast(executors, SERVER, new Server());
        line.add(channel.pipeline());
        acknowledgements.start();
        ChannelHandlerContext server = channel.pipeline().context(SERVER);
        writer.hand();
        server.writeAndFlush("<a h='1'/>");
        server.writeAndFlush("<message/>");
        assertThat(written()).isEqualTo("<message/>");
        assertThat(written()).isNull();
        writer.settleUpTo(1);
        await().until(() -> "<a h='1'/>".equals(written()));
        await().until(() -> {
            server.writeAndFlush("<a h='2'/>");
            return "<a h='2'/>".equals(channel.readOutbound());
        });
    }

    /** What is let go has to come by the connection's thread, on which another one may be about to be written. */
    @Test
    void noAcknowledgementOvertakesAnother() {
        channel.pipeline().addLast(executors, SERVER, new Server());
        line.add(channel.pipeline());
        acknowledgements.start();
        ChannelHandlerContext server = channel.pipeline().context(SERVER);
        writer.hand();
        server.writeAndFlush("<a h='1'/>");
        assertThat(written()).isNull();
        writer.settleUpTo(1);
        // Let go, but not written by the connection's thread yet: nothing else waits for the archive any more.
        acknowledgements.close();
        server.writeAndFlush("<a h='2'/>");
        assertThat(Stream.generate(this::written).limit(2)).containsExactly("<a h='1'/>", "<a h='2'/>");
    }

    private Object written() {
        channel.runPendingTasks();
        return channel.readOutbound();
    }

    @Test
    void elementsKeepTheirOrderWhenTheFilterComesAndGoes() {
        channel.pipeline().addLast(executors, SERVER, new Server());
        List<String> sent = IntStream.range(0, 3_000)
                .mapToObj(i -> "<message id='" + i + "'/>")
                .toList();
        for (int i = 0; i < sent.size(); i++) {
            if (i % 100 == 50) {
                line.add(channel.pipeline());
            } else if (i % 100 == 99) {
                NettyLine.remove(channel.pipeline());
            }
            channel.pipeline().fireChannelRead(sent.get(i));
        }
        await().untilAsserted(() -> assertThat(events).hasSameSizeAs(sent));
        assertThat(events).containsExactlyElementsOf(sent);
        assertThat(channel.pipeline().names()).doesNotContain(NettyLine.NAME, NettyLine.ANSWERS);
    }

    @Test
    void aThreadThatServesManyConnectionsNeverWaits() {
        channel.pipeline().addLast(SERVER, new Server());
        line.add(channel.pipeline());
        assertThat(channel.pipeline().names()).doesNotContain(NettyLine.NAME, NettyLine.ANSWERS);
        NettyLine.remove(channel.pipeline());
    }
}
