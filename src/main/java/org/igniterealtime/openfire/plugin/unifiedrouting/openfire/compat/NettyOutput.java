package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.lang.reflect.Field;
import java.util.Optional;
import org.jivesoftware.openfire.Connection;

/** COMPAT(5.x): connections are Netty's. */
final class NettyOutput implements PendingOutput {

    private static final String CONNECTION = "org.jivesoftware.openfire.nio.NettyConnection";

    @Override
    public long bytes(Connection connection) throws ReflectiveOperationException {
        return channel(connection)
                .map(channel -> channel.unsafe().outboundBuffer())
                .map(ChannelOutboundBuffer::totalPendingWriteBytes)
                .orElse(0L);
    }

    /** What Netty has for one of its connections; empty for one of another kind. */
    static Optional<Channel> channel(Connection connection) throws ReflectiveOperationException {
        Class<?> type = Class.forName(CONNECTION);
        if (!type.isInstance(connection)) {
            return Optional.empty();
        }
        Field context = type.getDeclaredField("channelHandlerContext");
        context.setAccessible(true);
        return Optional.of(((ChannelHandlerContext) context.get(connection)).channel());
    }
}
