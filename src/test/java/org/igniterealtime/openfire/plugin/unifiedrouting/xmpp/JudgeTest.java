package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;

import java.util.concurrent.atomic.AtomicInteger;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Audience;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/** What the rules are told that the stanza does not show: who sent it, and whether it answers something archived. */
class JudgeTest {

    private static final String CARBON = "<received xmlns='urn:xmpp:carbons:2'/>";

    private final AtomicInteger lookups = new AtomicInteger();
    private boolean sent;
    private boolean down;
    private final InMemoryArchive archive = new InMemoryArchive() {
        @Override
        public boolean hasSent(String owner, JID peer, String messageId) {
            lookups.incrementAndGet();
            if (down) {
                throw new StoreUnavailable("down");
            }
            return sent;
        }
    };
    private final Judge judge =
            new Judge(ACCOUNTS, address -> address.getDomain().startsWith("rooms."), archive, RuleSettings::defaults);

    @ParameterizedTest(name = "R01: a wrapper from {0} is {1}")
    @CsvSource({
        "juliet@verona.example, R01",
        "verona.example, R01",
        "verona.example/admin, R01",
        "romeo@verona.example, R20",
        "juliet@verona.example/balcony, R20",
        "tybalt@capulet.example, R20"
    })
    void onlyTheServerAndTheAccountItselfMakeWrappers(String from, RuleId rule) {
        assertThat(verdict(message(new JID(from), JULIET, CARBON)).reason().rule())
                .isEqualTo(rule);
    }

    @ParameterizedTest(name = "a private message from {0} to {1} is for {2}")
    @CsvSource({
        "hall@rooms.verona.example/nick, juliet@verona.example/balcony, ONE_CLIENT",
        "hall@rooms.verona.example, juliet@verona.example/balcony, ALL_CLIENTS",
        "tybalt@capulet.example/street, juliet@verona.example/balcony, ALL_CLIENTS",
        "romeo@verona.example/garden, juliet@verona.example/balcony, ALL_CLIENTS"
    })
    void whatAnOccupantOfARoomSendsIsForOneClient(String from, String to, Audience audience) {
        assertThat(verdict(message(new JID(from), new JID(to), "<body>x</body>"))
                        .audience())
                .isEqualTo(audience);
    }

    @Test
    void anErrorThatAnswersWhatIsArchivedIsArchived() {
        sent = true;
        assertThat(verdict(error(ROMEO, JULIET, "")).persistence()).isEqualTo(Persistence.ARCHIVED);
        sent = false;
        assertThat(verdict(error(ROMEO, JULIET, "")).persistence()).isEqualTo(Persistence.TRANSIENT);
        assertThat(lookups).hasValue(2);
    }

    @Test
    void theArchiveIsAskedOnlyWhereThatDecides() {
        verdict(error(ROMEO, JULIET.asBareJID(), ""));
        verdict(error(ROMEO, JULIET, "<body>echoed</body>"));
        verdict(message(ROMEO, JULIET, "<body>x</body>"));
        Message withoutId = error(ROMEO, JULIET, "");
        withoutId.setID(null);
        verdict(withoutId);
        verdict(error(ROMEO, new JID("tybalt@capulet.example/x"), ""));
        assertThat(lookups).hasValue(0);
    }

    @Test
    void withoutADatabaseAnErrorAnswersNothingThatIsKnown() {
        sent = true;
        down = true;
        assertThat(verdict(error(ROMEO, JULIET, "")).persistence()).isEqualTo(Persistence.TRANSIENT);
    }

    private Verdict verdict(Message message) {
        return judge.judge(message).verdict();
    }

    private static Message error(JID from, JID to, String content) {
        Message error = message(from, to, content + "<error type='cancel'/>");
        error.setType(Message.Type.error);
        error.setID("e1");
        return error;
    }
}
