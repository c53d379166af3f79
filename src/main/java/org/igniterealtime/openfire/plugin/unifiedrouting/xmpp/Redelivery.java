package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

/** Whether the server itself brings a message again that it could not get rid of. Thread-safe. */
@FunctionalInterface
public interface Redelivery {

    /** Whether the message that this thread is routing left the server before, towards another one, and came back. */
    boolean isUnderWay();
}
