package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.Field;
import org.apache.mina.core.session.IoSession;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.nio.NIOConnection;

/** COMPAT(4.2): connections are MINA's. */
final class MinaOutput implements PendingOutput {

    @Override
    public long bytes(Connection connection) throws ReflectiveOperationException {
        return connection instanceof NIOConnection ? session(connection).getScheduledWriteBytes() : 0;
    }

    /** What MINA has for one of its connections. */
    static IoSession session(Connection connection) throws ReflectiveOperationException {
        Field session = NIOConnection.class.getDeclaredField("ioSession");
        session.setAccessible(true);
        return (IoSession) session.get(connection);
    }
}
