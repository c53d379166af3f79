package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.igniterealtime.openfire.testclient.MamPage;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ArchiveQueryOnPostgresqlIT extends ArchiveQueryScenarios {

    @RegisterExtension
    static final OpenfireExtension openfire = withAccounts(OpenfireExtension.on(TestDatabase.POSTGRESQL))
            .with(options -> options.withAccount("damaged", "secret"));

    @Override
    OpenfireExtension openfire() {
        return openfire;
    }

    /** DESIGN section 6. */
    @Test
    void rowThatCannotBeReadIsLeftOutAndPagingGoesOnBehindIt() throws IOException {
        RawClient reader = openfire().client("damaged", "phone");
        List<String> sent = fill(reader, "alice@localhost", 5);
        List<String> mids =
                MamQuery.by(reader).all(10).stream().map(MamResult::id).toList();
        String damaged = mids.get(2);
        assertThat(openfire()
                        .server()
                        .update("UPDATE ofUnifiedArchive SET stanza = '<message><body>' WHERE mid = '" + damaged + "'"))
                .isEqualTo(1);

        MamPage page = MamQuery.by(reader).max(3).send();
        assertThat(page.bodies()).isEqualTo(sent.subList(0, 2));
        assertThat(page.last()).as("the page ends with it all the same").isEqualTo(damaged);
        assertThat(page.complete()).isFalse();
        MamPage rest = MamQuery.by(reader).max(3).after(page.last()).send();
        assertThat(rest.bodies()).isEqualTo(sent.subList(3, 5));
        assertThat(rest.complete()).isTrue();
        // Even a page on which nothing can be read.
        MamPage alone = MamQuery.by(reader).max(1).after(mids.get(1)).send();
        assertThat(alone.bodies()).isEmpty();
        assertThat(alone.last()).isEqualTo(damaged);
        assertThat(bodies(MamQuery.by(reader).max(1).after(alone.last()))).containsExactly(sent.get(3));

        reader.iq(
                "set",
                "<subscribe xmlns='urn:xmpp:mam:sub:0'><set xmlns='http://jabber.org/protocol/rsm'><after>"
                        + mids.get(0) + "</after></set></subscribe>");
        assertThat(reader.take(isSubscriptionNotification())).hasSize(3);

        assertThat(Files.readString(openfire().server().logFile())
                        .lines()
                        .filter(line -> line.contains(damaged) && line.contains("is not XML")))
                .as("however often it was met")
                .hasSize(1);
    }
}
