package org.igniterealtime.openfire.testserver;

import java.nio.file.Path;

/** What {@code mvn -Prun} prints when the server is up. */
final class RunCard {
    private static final String TEXT = """

            Unified Routing runs in Openfire.

              XMPP      %s, port %d, domain %s, without TLS
              Accounts  %s; password: %s
              Admin     http://%s:%d/plugins/unifiedrouting/unifiedrouting-status.jsp
              Log       %s

              Try       Log in as alice with one client and send bob a message while he is offline. Log in as bob
                        with two clients: each shows the message once, and so does the archive.

              Ctrl-C stops the server. What it stored stays in %s.
            """;

    private RunCard() {}

    static String of(OpenfireServer server) {
        return TEXT.formatted(
                LoopbackPorts.HOST,
                server.xmppPort(),
                server.domain(),
                String.join(", ", server.options().accounts().keySet()),
                ServerOptions.PASSWORD,
                LoopbackPorts.HOST,
                server.adminPort(),
                fromHere(server.logFile()),
                fromHere(server.home()));
    }

    /** Relative, if it is below the current directory. */
    private static Path fromHere(Path path) {
        Path here = Path.of("").toAbsolutePath();
        Path absolute = path.toAbsolutePath();
        return absolute.startsWith(here) ? here.relativize(absolute) : absolute;
    }
}
