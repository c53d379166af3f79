package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;

/** Recipients of offline messages, each for one test: of accounts that read their archive, and of accounts that do not. */
final class OfflineAccounts {

    /** How an account reads (ROUTING-RULES section 1, "MAM account"). */
    enum Kind {
        PLAIN,
        MAM
    }

    private static final int ACCOUNTS = 40;

    private OfflineAccounts() {}

    static OpenfireExtension in(OpenfireExtension openfire) {
        return openfire.with(options -> {
            for (Kind kind : Kind.values()) {
                for (int i = 0; i < ACCOUNTS; i++) {
                    options = options.withAccount(name(kind, i), "secret");
                }
            }
            return options;
        });
    }

    static String name(Kind kind, int number) {
        return kind.name().toLowerCase(java.util.Locale.ROOT) + number;
    }

    /** An account that nobody has used yet; a session of a MAM account has queried its archive and gone. */
    static String fresh(OpenfireExtension openfire, Kind kind, int number) {
        String name = name(kind, number);
        if (kind == Kind.MAM) {
            RawClient reader = openfire.client(name, "reader");
            MamQuery.by(reader).send();
            reader.close();
        }
        return name;
    }

    static String chat(String to, String body) {
        return "<message to='" + to + "' type='chat' id='" + body.replace(' ', '-') + "'><body>" + body
                + "</body></message>";
    }

    /** The next message, as its text; errors and wrappers are no plain messages. */
    static String next(RawClient client) {
        return body(client.await(plainMessage(), Duration.ofSeconds(10)));
    }

    static List<String> next(RawClient client, int count) {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bodies.add(next(client));
        }
        return bodies;
    }

    static Element delay(Element message) {
        return child(message, "delay", "urn:xmpp:delay");
    }
}
