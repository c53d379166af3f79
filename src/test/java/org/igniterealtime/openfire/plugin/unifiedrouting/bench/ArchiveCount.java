package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.igniterealtime.openfire.testserver.OpenfireServer;

/** Asks for the size of an account's archive as a client does (XEP-0059 §2.7). */
final class ArchiveCount {

    private static final Pattern COUNT = Pattern.compile("<count>(\\d+)</count>");

    private ArchiveCount() {}

    static long of(OpenfireServer server, String account) throws IOException {
        try (LightClient client = LightClient.login(server, account)) {
            String answer = client.exchange(
                    "<iq type='set' id='count'><query xmlns='urn:xmpp:mam:2'>"
                            + "<set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set></query></iq>",
                    "</iq>");
            Matcher count = COUNT.matcher(answer);
            if (!count.find()) {
                throw new IOException("No count in " + answer);
            }
            return Long.parseLong(count.group(1));
        }
    }
}
