package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.lang.reflect.Field;
import org.jivesoftware.openfire.Connection;

/** COMPAT(5.x): connections are Netty's. */
final class NettyOutput implements PendingOutput {

    private static final String CONNECTION = "org.jivesoftware.openfire.nio.NettyConnection";

    @Override
    public long bytes(Connection connection) throws ReflectiveOperationException {
        Class<?> type = Class.forName(CONNECTION);
        if (!type.isInstance(connection)) {
            return 0;
        }
        Field context = type.getDeclaredField("channelHandlerContext");
        context.setAccessible(true);
        ChannelOutboundBuffer waiting = ((ChannelHandlerContext) context.get(connection))
                .channel()
                .unsafe()
                .outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }
}
