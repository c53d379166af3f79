package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.Field;
import org.apache.mina.core.session.IoSession;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.nio.NIOConnection;

/** COMPAT(4.2): connections are MINA's. */
final class MinaOutput implements PendingOutput {

    @Override
    public long bytes(Connection connection) throws ReflectiveOperationException {
        if (!(connection instanceof NIOConnection)) {
            return 0;
        }
        Field session = NIOConnection.class.getDeclaredField("ioSession");
        session.setAccessible(true);
        return ((IoSession) session.get(connection)).getScheduledWriteBytes();
    }
}
