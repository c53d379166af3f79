package org.igniterealtime.openfire.testserver;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * Main class of {@code mvn -Prun}: a server with the plugin, to play with. It keeps its data in the work directory, so that
 * accounts and archives are there again the next time, also with other ports and a newer plugin.
 */
public final class RunServer {
    private static final int USAGE = 2;

    // Ended by itself, by Ctrl-C, by SIGTERM: as asked.
    private static final Set<Integer> STOPPED = Set.of(0, 130, 143);

    private RunServer() {}

    /** Arguments: plugin jar, work directory, XMPP port, admin port. Exits with a code other than 0 if it fails. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 4) {
            System.err.println("Arguments: <plugin jar> <work directory> <XMPP port> <admin port>");
            System.exit(USAGE);
        }
        Path work = Files.createDirectories(Path.of(args[1]));
        try (FileChannel channel =
                FileChannel.open(work.resolve("run.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                exit("A server runs already on " + work);
            }
            run(options(args, work));
        }
    }

    private static ServerOptions options(String[] args, Path work) {
        return ServerOptions.defaults()
                .withOpenfireHome(Optional.empty())
                .withPluginJar(Optional.of(Path.of(args[0])))
                .withHome(work.resolve("openfire"))
                .withXmppPort(Integer.parseInt(args[2]))
                .withAdminPort(Integer.parseInt(args[3]));
    }

    private static void run(ServerOptions options) throws InterruptedException {
        OpenfireServer server = null;
        try {
            server = OpenfireServer.start(options);
        } catch (ServerStartException e) {
            exit(e.getMessage());
        }
        System.out.println(RunCard.of(server));
        int code = server.awaitExit();
        if (!STOPPED.contains(code)) {
            exit("The server ended with exit code " + code + "; its log, " + server.logFile() + ", ends with:\n    "
                    + String.join("\n    ", server.logTail(OpenfireServer.TAIL_LINES)));
        }
    }

    private static void exit(String reason) {
        System.err.println(reason);
        System.exit(1);
    }
}
