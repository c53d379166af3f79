package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.TYBALT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.delayFrom;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.stanzaId;

import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ScriptedStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.InMemoryOfflineStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

class RerouteTest {

    private static final String DELAY = delayFrom("verona.example");
    private static final String ID = stanzaId("juliet@verona.example", "known");

    private final ScriptedStore archive = new ScriptedStore();
    private final Reroute reroute = new Reroute(archive, new InMemoryOfflineStore(), ACCOUNTS, (account, mid) -> false);

    @BeforeEach
    void whatIsArchived() {
        archive.append(List.of(
                received("known", JULIET),
                received("bare", JULIET.asBareJID()),
                Entries.sent("juliet", "sent", ROMEO)));
    }

    private static NewEntry received(String mid, JID to) {
        return Entries.withStanza(
                Entries.received("juliet", mid, ROMEO, Entries.NOON),
                message(ROMEO, to, "<body>x</body>").toXML());
    }

    @Test
    void aMessageThatTheServerHeldBackIsRecognisedInItsRecipientsArchive() {
        assertThat(reroute.isOne(message(ROMEO, JULIET, "<body>x</body>" + DELAY + ID)))
                .isTrue();
        assertThat(reroute.isOne(message(
                        ROMEO,
                        JULIET.asBareJID(),
                        "<body>x</body>" + DELAY + stanzaId("juliet@verona.example", "bare"))))
                .isTrue();
    }

    @Test
    void aMessageIsRecognisedByTextThatParsersChange() {
        String content = "<body>a&#13;&#10;b</body><x xmlns='urn:x' a='1&#10;2&#9;'/>";
        Message message = message(ROMEO, JULIET, content);
        archive.append(List.of(Entries.withStanza(
                Entries.received("juliet", "lines", ROMEO, Entries.NOON), StoredStanza.of(message.getElement()))));
        assertThat(reroute.isOne(message(ROMEO, JULIET, content + DELAY + stanzaId("juliet@verona.example", "lines"))))
                .isTrue();
    }

    @Test
    void whatASessionLeavesIsRecognisedWhateverTheDatabaseHas() {
        Reroute leaving = new Reroute(
                archive,
                new InMemoryOfflineStore(),
                ACCOUNTS,
                (account, mid) -> account.equals("juliet") && mid.value().equals("taken meanwhile"));
        assertThat(leaving.isOne(message(
                        ROMEO,
                        JULIET,
                        "<body>x</body>" + DELAY + stanzaId("juliet@verona.example", "taken meanwhile"))))
                .isTrue();
        assertThat(leaving.isOne(
                        message(ROMEO, JULIET, "<body>x</body>" + DELAY + stanzaId("juliet@verona.example", "forged"))))
                .isFalse();
    }

    @Test
    void anIdThatTheSenderHasLearntServesForNoOtherMessage() {
        assertThat(reroute.isOne(message(ROMEO, JULIET, "<body>y</body>" + DELAY + ID)))
                .isFalse();
        assertThat(reroute.isOne(message(ROMEO, JULIET.asBareJID(), "<body>x</body>" + DELAY + ID)))
                .isFalse();
    }

    @Test
    void withoutTheServersDelayItIsNone() {
        assertThat(reroute.isOne(message(ROMEO, JULIET, ID))).isFalse();
        assertThat(reroute.isOne(message(ROMEO, JULIET, delayFrom("capulet.example") + ID)))
                .isFalse();
        assertThat(reroute.isOne(message(ROMEO, JULIET, "<delay xmlns='urn:xmpp:delay'/>" + ID)))
                .isFalse();
    }

    @Test
    void anIdThatTheArchiveDoesNotKnowIsForged() {
        assertThat(reroute.isOne(message(ROMEO, JULIET, DELAY))).isFalse();
        assertThat(reroute.isOne(message(ROMEO, JULIET, DELAY + stanzaId("juliet@verona.example", "guessed"))))
                .isFalse();
        assertThat(reroute.isOne(message(ROMEO, JULIET, DELAY + stanzaId("romeo@verona.example", "known"))))
                .isFalse();
        assertThat(reroute.isOne(message(ROMEO, JULIET, DELAY + stanzaId("juliet@verona.example", ""))))
                .isFalse();
        assertThat(reroute.isOne(message(ROMEO, JULIET, DELAY + stanzaId("juliet@verona.example", "x".repeat(1000)))))
                .isFalse();
    }

    @Test
    void anIdOfAnotherSendersMessageIsForged() {
        assertThat(reroute.isOne(message(TYBALT, JULIET, DELAY + ID))).isFalse();
        assertThat(reroute.isOne(message(new JID("romeo@verona.example/street"), JULIET, DELAY + ID)))
                .isFalse();
    }

    @Test
    void anIdOfAMessageThatTheRecipientSentIsForged() {
        Message message = message(ROMEO, JULIET, DELAY + stanzaId("juliet@verona.example", "sent"));
        assertThat(reroute.isOne(message)).isFalse();
    }

    @Test
    void aMessageWithoutAccountOrAddressIsNone() {
        assertThat(reroute.isOne(message(ROMEO, TYBALT, DELAY + stanzaId("tybalt@capulet.example", "known"))))
                .isFalse();
        assertThat(reroute.isOne(message(null, JULIET, DELAY + ID))).isFalse();
        assertThat(reroute.isOne(message(ROMEO, null, DELAY + ID))).isFalse();
    }

    @Test
    void withoutADatabaseNoIdIsBelieved() {
        archive.goDown();
        assertThat(reroute.isOne(message(ROMEO, JULIET, "<body>x</body>" + DELAY + ID)))
                .isFalse();
    }
}
