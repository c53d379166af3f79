package org.igniterealtime.openfire.testserver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports on 127.0.0.1. */
public final class LoopbackPorts {
    public static final String HOST = "127.0.0.1";

    // Below the range from which systems take the ports of outgoing connections and of port 0: nobody gets one of these
    // by chance between the look here and the server's bind.
    private static final int FIRST = 20_000;
    private static final int LAST = 30_000;
    private static final int ATTEMPTS = 100;
    private static final int CONNECT_MILLIS = 1_000;

    private LoopbackPorts() {}

    /** A port that is free now. */
    public static int free() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("No free port between " + FIRST + " and " + LAST);
    }

    /**
     * Makes sure that a server can listen there. Openfire itself would go on without.
     *
     * @param use what the port is for, as in "XMPP"
     * @throws ServerStartException if something listens there already
     */
    static void requireFree(int port, String use) {
        if (!isFree(port)) {
            throw new ServerStartException(use + " port " + port + " on " + HOST + " is taken by another process");
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // connections of a server just stopped may still be in TIME_WAIT
            socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether something accepts connections there. */
    static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(HOST, port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
