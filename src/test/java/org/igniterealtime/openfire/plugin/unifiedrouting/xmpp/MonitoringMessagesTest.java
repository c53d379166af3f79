package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.DOMAIN;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;

import java.util.Optional;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PreferenceStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.Reading;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.RowOutcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.SourceKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.SourceMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.junit.jupiter.api.Test;

/** What a row of the monitoring plugin's archive means. */
class MonitoringMessagesTest {

    private static final String ADDRESSES = "from='" + ROMEO + "' to='" + JULIET.toBareJID() + "'";

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
    private final Rooms rooms = address -> address.getDomain().equals("conference." + DOMAIN);
    private final MonitoringMessages messages = new MonitoringMessages(
            Verona.ACCOUNTS,
            rooms,
            new Judge(Verona.ACCOUNTS, rooms, new InMemoryArchive(), RuleSettings::defaults),
            new ArchivePolicy(noPreferences, () -> Default.ALWAYS, (account, contact) -> false));

    @Test
    void theStanzaIsKeptWithItsId() {
        Reading.Wanted wanted =
                wanted(row("Ay me!", "<message " + ADDRESSES + " type='chat' id='m1'><body>Ay me!</body></message>"));

        assertThat(wanted.from()).isEqualTo(ROMEO);
        assertThat(wanted.to()).isEqualTo(JULIET.asBareJID());
        assertThat(wanted.sender()).contains("romeo");
        assertThat(wanted.recipient()).contains("juliet");
        assertThat(wanted.messageId()).contains("m1");
        assertThat(wanted.stanza())
                .isEqualTo("<message from=\"" + ROMEO + "\" to=\"" + JULIET.toBareJID()
                        + "\" type=\"chat\" id=\"m1\"><body>Ay me!</body></message>");
    }

    @Test
    void aRowWithoutStanzaBecomesAMinimalMessage() {
        Reading.Wanted wanted = wanted(row("<&> \ud83c\udf39 ]]>", null));
        Element stanza = Verona.xml(wanted.stanza());
        assertThat(stanza.elementText("body")).isEqualTo("<&> \ud83c\udf39 ]]>");
        assertThat(stanza.attributeValue("type")).isEqualTo("chat");
        assertThat(stanza.attributeValue("from")).isEqualTo(ROMEO.toString());
        assertThat(stanza.attributeValue("to")).isEqualTo(JULIET.toBareJID());
        assertThat(wanted.messageId()).isEmpty();
    }

    @Test
    void whatXmlCannotSayIsReplaced() {
        assertThat(Verona.xml(wanted(row("a\u0001b\ud83cc\ufffe" + "d", null)).stanza())
                        .elementText("body"))
                .isEqualTo("a\ufffdb\ufffdc\ufffdd");
    }

    @Test
    void aStanzaThatIsNoneIsMadeAnewOfTheText() {
        for (String broken : new String[] {
            "<message><body>torn",
            "<presence/>",
            "",
            "<!DOCTYPE message [<!ENTITY x 'y'>]><message><body>&x;</body></message>"
        }) {
            assertThat(Verona.xml(wanted(row("text", broken)).stanza()).elementText("body"))
                    .isEqualTo("text");
            assertThat(reasonOf(row(null, broken))).isEqualTo(RowOutcome.UNREADABLE);
        }
    }

    @Test
    void addressesThatAreMissingOrNoneAreThoseOfTheRow() {
        Reading.Wanted wanted = wanted(row("x", "<message to='@' type='chat'><body>x</body></message>"));
        assertThat(Verona.xml(wanted.stanza()).attributeValue("to")).isEqualTo(JULIET.toBareJID());
        assertThat(Verona.xml(wanted.stanza()).attributeValue("from")).isEqualTo(ROMEO.toString());
    }

    @Test
    void resourcesComeFromTheStanzaWhereTheRowHasNone() {
        SourceMessage row = row(
                ROMEO.toBareJID(),
                null,
                JULIET.toBareJID(),
                null,
                "x",
                "<message from='" + ROMEO + "' to='" + JULIET + "' type='chat'><body>x</body></message>");
        assertThat(wanted(row).from()).isEqualTo(ROMEO);
        assertThat(wanted(row).to()).isEqualTo(JULIET);
    }

    @Test
    void privateMessagesInRoomsAreNotFiledUnderRealAddresses() {
        assertThat(reasonOf(row(
                        "psst",
                        "<message from='market@conference.verona.example/r' to='" + JULIET
                                + "' type='chat'><body>psst</body></message>")))
                .isEqualTo(RowOutcome.ROOM);
        assertThat(reasonOf(row(
                        "psst",
                        "<message from='" + ROMEO
                                + "' to='market@conference.verona.example/j' type='chat'><body>psst</body></message>")))
                .isEqualTo(RowOutcome.ROOM);
    }

    @Test
    void roomsAreLeftOutWhereverTheyShow() {
        assertThat(reasonOf(row("x", "<message " + ADDRESSES + " type='groupchat'><body>x</body></message>")))
                .isEqualTo(RowOutcome.ROOM);
        assertThat(reasonOf(row(ROMEO.toBareJID(), "r", "market@conference.verona.example", null, "x", null)))
                .isEqualTo(RowOutcome.ROOM);
        SourceMessage row = row("x", null);
        assertThat(reasonOf(new SourceMessage(row.key(), row.fromBare(), "r", row.toBare(), null, true, "x", null)))
                .isEqualTo(RowOutcome.ROOM);
    }

    @Test
    void strangersAmongThemselvesAreNotOurs() {
        assertThat(reasonOf(row("a@capulet.example", null, "b@capulet.example", null, "x", null)))
                .isEqualTo(RowOutcome.NOT_LOCAL);
        assertThat(reasonOf(row("gone@verona.example", null, "b@capulet.example", null, "x", null)))
                .isEqualTo(RowOutcome.NOT_LOCAL);
    }

    @Test
    void oneLocalSideIsEnough() {
        assertThat(wanted(row("a@capulet.example", null, "juliet@verona.example", null, "x", null))
                        .sender())
                .isEmpty();
        assertThat(wanted(row("romeo@verona.example", null, "gone@verona.example", null, "x", null))
                        .recipient())
                .isEmpty();
    }

    @Test
    void theRulesHaveTheirSay() {
        assertThat(reasonOf(row(
                        "x", "<message " + ADDRESSES + "><body>x</body><no-store xmlns='urn:xmpp:hints'/></message>")))
                .isEqualTo(RowOutcome.NOT_KEPT);
        assertThat(reasonOf(row("x", "<message " + ADDRESSES + " type='headline'><body>x</body></message>")))
                .isEqualTo(RowOutcome.NOT_KEPT);
        assertThat(reasonOf(row("x", "<message " + ADDRESSES + " type='error'><body>x</body></message>")))
                .isEqualTo(RowOutcome.NOT_KEPT);
    }

    @Test
    void idsOfLocalAccountsAreStripped() {
        String stanza = wanted(row(
                        "x",
                        "<message " + ADDRESSES + " type='chat'><body>x</body>"
                                + Verona.stanzaId("juliet@verona.example", "a")
                                + Verona.stanzaId("capulet.example", "b") + "</message>"))
                .stanza();
        assertThat(stanza).doesNotContain("id=\"a\"").contains("id=\"b\"");
    }

    @Test
    void rowsWithNothingInThemAreEmpty() {
        assertThat(reasonOf(row(null, null))).isEqualTo(RowOutcome.EMPTY);
    }

    @Test
    void addressesThatAreNoneCannotBeRead() {
        assertThat(reasonOf(row("@", null, "juliet@verona.example", null, "x", null)))
                .isEqualTo(RowOutcome.UNREADABLE);
    }

    private Reading.Wanted wanted(SourceMessage row) {
        Reading reading = messages.read(row);
        assertThat(reading).isInstanceOf(Reading.Wanted.class);
        return (Reading.Wanted) reading;
    }

    private RowOutcome reasonOf(SourceMessage row) {
        Reading reading = messages.read(row);
        assertThat(reading).isInstanceOf(Reading.Unwanted.class);
        return ((Reading.Unwanted) reading).reason();
    }

    private static SourceMessage row(String body, String stanza) {
        return row(ROMEO.toBareJID(), ROMEO.getResource(), JULIET.toBareJID(), null, body, stanza);
    }

    private static SourceMessage row(
            String from, String fromResource, String to, String toResource, String body, String stanza) {
        return new SourceMessage(new SourceKey(1, 1, 1), from, fromResource, to, toResource, false, body, stanza);
    }
}
