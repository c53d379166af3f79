package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.chat;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.Kind;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A detached session whose address is bound again. Openfire 5 drops it with all that it had not acknowledged; on 4.2 nobody
 * can bind the address.
 */
@EnabledIfSystemProperty(named = "openfire.home", matches = ".+")
class ReplacedSessionIT {

    @RegisterExtension
    static final OpenfireExtension openfire = OfflineAccounts.in(OpenfireExtension.on(TestDatabase.HSQLDB));

    @ParameterizedTest
    @EnumSource(Kind.class)
    void replacedSessionLosesNoUnackedMessage(Kind kind) {
        String bob = OfflineAccounts.fresh(openfire, kind, 0);
        RawClient alice = openfire.client("alice", "orchard");
        RawClient lost = openfire.client(bob, "phone").enableStreamManagement(true);
        lost.holdAcks(true);
        lost.presence();
        alice.send(chat(bob + "@localhost", "to the account"), chat(lost.jid(), "to the client"));
        String first = stanzaId(lost.await(withBody("to the account")), bob + "@localhost");
        String second = stanzaId(lost.await(withBody("to the client")), bob + "@localhost");
        lost.drop();
        alice.send(chat(lost.jid(), "while detached"));
        alice.sync();

        RawClient again = openfire.clientAgain(bob, "phone");
        again.send("<presence/>");

        assertThat(stanzaId(again.await(withBody("to the account")), bob + "@localhost"))
                .isEqualTo(first);
        assertThat(stanzaId(again.await(withBody("to the client")), bob + "@localhost"))
                .isEqualTo(second);
        again.await(withBody("while detached"));
        again.assertNoMore(message());
        assertThat(MamQuery.by(again).all(10)).extracting(MamResult::id).hasSize(3);
        alice.assertNoMore(message());
    }
}
