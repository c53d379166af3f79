package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Instant;
import java.util.Optional;

/** The connections over which other servers bring their messages. Thread-safe. */
@FunctionalInterface
public interface ServerLines {

    /**
     * One of them.
     *
     * @param streamId what tells it from others
     * @param since when it began
     */
    record Line(String streamId, Instant since) {}

    /** The oldest one that a server has open; empty if this is none, or has no connection. */
    Optional<Line> oldest(String domain);
}
