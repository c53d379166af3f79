package org.jivesoftware.openfire.starter;

/**
 * A marker. {@code XMPPServer} looks for a class of this name to know that it runs as a process of its own, and only then
 * registers the shutdown hook that makes it stop cleanly on SIGTERM. The server's jar on Maven Central lacks the class.
 */
public final class ServerStarter {
    private ServerStarter() {}
}
