package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.DOMAIN;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.stanzaId;

import java.time.Instant;
import java.util.Optional;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PreferenceStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.HeldMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.HeldStanzas.Understood;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a message in Openfire's own offline store means, and what one of ours looks like there. */
class OpenfireHeldStanzasTest {

    private static final Instant THEN = Instant.parse("2020-02-02T20:20:20.002Z");
    private static final Mid NEW = new Mid("new");

    private Default archived = Default.ALWAYS;
    private final PreferenceStore noPreferences = new PreferenceStore() {
        @Override
        public Optional<ArchivePreferences> find(String owner) {
            return Optional.empty();
        }

        @Override
        public void save(String owner, ArchivePreferences preferences) {
            throw new UnsupportedOperationException();
        }
    };
    private final OpenfireHeldStanzas stanzas = new OpenfireHeldStanzas(
            Verona.ACCOUNTS,
            new Judge(Verona.ACCOUNTS, address -> false, new InMemoryArchive(), RuleSettings::defaults),
            new ArchivePolicy(noPreferences, () -> archived, (account, contact) -> false),
            () -> NEW);

    private Optional<Understood> read(String stanza) {
        return stanzas.read("juliet", new HeldMessage(7, THEN, stanza));
    }

    private static String message(String attributes, String content) {
        return "<message from='" + ROMEO + "' to='" + JULIET.toBareJID() + "' " + attributes + ">" + content
                + "</message>";
    }

    @Test
    void aTextIsForTheArchiveAndUndelivered() {
        Understood understood =
                read(message("type='chat' id='m1'", "<body>Ay me!</body>")).orElseThrow();
        NewEntry entry = understood.entry();
        assertThat(entry.owner()).isEqualTo("juliet");
        assertThat(entry.mid()).isEqualTo(NEW);
        assertThat(entry.direction()).isEqualTo(Direction.RECEIVED);
        assertThat(entry.peer()).isEqualTo(ROMEO);
        assertThat(entry.receivedAt()).isEqualTo(THEN);
        assertThat(entry.messageId()).contains("m1");
        assertThat(entry.claim()).isEqualTo(OfflineClaim.ELIGIBLE);
        assertThat(understood.known()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type='chat'|<body>x</body><no-permanent-store xmlns='urn:xmpp:hints'/>",
                "type='normal'|<event xmlns='http://jabber.org/protocol/pubsub#event'/>",
                "type='normal'|<x xmlns='unheard:of'/>",
                "type='error'|<amp xmlns='http://jabber.org/protocol/amp'/>",
            })
    void whatTheArchiveDoesNotShowIsKeptUntilItIsDelivered(String attributes, String content) {
        assertThat(read(message(attributes, content)).orElseThrow().entry().claim())
                .isEqualTo(OfflineClaim.OFFLINE_ONLY);
    }

    @Test
    void whatItsOwnerDoesNotWantArchivedIsKeptUntilItIsDelivered() {
        archived = Default.NEVER;
        assertThat(read(message("type='chat'", "<body>x</body>"))
                        .orElseThrow()
                        .entry()
                        .claim())
                .isEqualTo(OfflineClaim.OFFLINE_ONLY);
    }

    @Test
    void theAccountsOwnIdIsTakenFromTheStanza() {
        Understood understood = read(message(
                        "type='chat'",
                        "<body>x</body>" + stanzaId(JULIET.toBareJID(), "ours") + stanzaId(ROMEO.toBareJID(), "his")
                                + stanzaId("room@conference.capulet.example", "theirs")))
                .orElseThrow();
        assertThat(understood.known()).contains(new Mid("ours"));
        assertThat(understood.entry().stanza()).doesNotContain("ours", "his").contains("theirs");
    }

    @Test
    void whatHasNoAddressesIsFromTheServerToTheAccount() {
        NewEntry entry = read("<message><body>Restart at ten</body></message>")
                .orElseThrow()
                .entry();
        assertThat(entry.peer().toString()).isEqualTo(DOMAIN);
        assertThat(Verona.xml(entry.stanza()).attributeValue("to")).isEqualTo(JULIET.toBareJID());
    }

    @Test
    void charactersThatXmlForbidsAreLeftOut() {
        NewEntry entry = read(message("type='chat'", "<body>a&#12;b</body>"))
                .orElseThrow()
                .entry();
        assertThat(Verona.xml(entry.stanza()).elementText("body")).isEqualTo("ab");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<message><body>torn",
                "<iq type='get' id='1'/>",
                "<message from='@'/>",
                "<!DOCTYPE message [<!ENTITY e 'x'>]><message><body>&e;</body></message>",
            })
    void whatIsNoMessageIsNotUnderstood(String stanza) {
        assertThat(read(stanza)).isEmpty();
    }

    @Test
    void whatIsWrittenIsReadAsTheSameMessage() {
        NewEntry original = read(message("type='chat' id='m1'", "<body>Ay me!</body>"))
                .orElseThrow()
                .entry();
        OfflineMessage undelivered =
                new OfflineMessage(1, new Mid("ours"), true, original.peer().toString(), THEN, original.stanza());

        String written = stanzas.write("juliet", undelivered).orElseThrow();

        Element element = Verona.xml(written);
        assertThat(StanzaIds.find(element, JULIET)).contains("ours");
        Element delay = element.element("delay");
        assertThat(delay.attributeValue("from")).isEqualTo(DOMAIN);
        assertThat(delay.attributeValue("stamp")).isEqualTo("2020-02-02T20:20:20.002Z");
        Understood again = read(written).orElseThrow();
        assertThat(again.known()).contains(new Mid("ours"));
        assertThat(stanzas.isSame(again.entry(), original.peer().toString(), original.stanza()))
                .isTrue();
        assertThat(stanzas.write(
                                "juliet",
                                new OfflineMessage(
                                        1,
                                        new Mid("ours"),
                                        true,
                                        undelivered.peer(),
                                        THEN,
                                        again.entry().stanza()))
                        .map(text -> text.split("<delay").length))
                .as("one delay only")
                .contains(2);
    }

    @Test
    void anIdOfAnotherMessageIsNotBelieved() {
        NewEntry entry = read(message("type='chat'", "<body>forged</body>" + stanzaId(JULIET.toBareJID(), "ours")))
                .orElseThrow()
                .entry();
        String archivedStanza = message("type='chat'", "<body>Ay me!</body>");
        assertThat(stanzas.isSame(entry, ROMEO.toString(), archivedStanza)).isFalse();
        assertThat(stanzas.isSame(entry, ROMEO.toString(), "<torn")).isFalse();
        assertThat(stanzas.isSame(entry, "tybalt@capulet.example", entry.stanza()))
                .isFalse();
    }

    @Test
    void whatCannotBeWrittenIsNot() {
        assertThat(stanzas.write("juliet", new OfflineMessage(1, NEW, true, ROMEO.toString(), THEN, "<torn")))
                .isEmpty();
    }
}
