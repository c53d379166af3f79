package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import org.jivesoftware.openfire.Connection;

/** How much Openfire has been given for a connection and its socket has not taken yet. */
interface PendingOutput {

    /**
     * @return 0 for a connection that is of another kind
     * @throws ReflectiveOperationException if that is not to be found out
     */
    long bytes(Connection connection) throws ReflectiveOperationException;
}
