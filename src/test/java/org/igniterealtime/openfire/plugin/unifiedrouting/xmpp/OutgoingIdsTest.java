package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.stanzaId;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.List;
import java.util.Optional;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.ClientSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/** Romeo sent to Juliet; another session of Romeo's gets Openfire's copy. */
class OutgoingIdsTest {

    private static final JID OTHER = new JID("romeo@verona.example/street");
    private static final String JULIETS = stanzaId("juliet@verona.example", "hers");

    private final OutgoingIds carbons = new OutgoingIds(ACCOUNTS, address -> Optional.empty());
    private final ClientSession session = mock(ClientSession.class);

    @BeforeEach
    void bind() {
        when(session.getAddress()).thenReturn(OTHER);
    }

    @Test
    void theCopyIsReplacedByOneWithTheSendersOwnId() {
        remember("his", "hers");
        Message copy = copyOf("juliet@verona.example/balcony", "<body>Hi</body>" + JULIETS);
        String before = copy.toXML();

        Element copied = replacementOf(copy);

        assertThat(StanzaIds.find(copied, ROMEO)).contains("his");
        assertThat(StanzaIds.find(copied, JULIET)).isEmpty();
        assertThat(copied.elementText("body")).isEqualTo("Hi");
        assertThat(copy.toXML()).as("one object serves several sessions").isEqualTo(before);
    }

    @Test
    void theRecipientsIdIsHiddenEvenIfTheSendersIsNotKnown() {
        Element copied = replacementOf(copyOf("juliet@verona.example", JULIETS));
        assertThat(copied.elements()).isEmpty();
    }

    @Test
    void theIdsOfAnotherMessageAreNotGivenToThisOne() {
        remember("another", "different");
        Element copied = replacementOf(copyOf("juliet@verona.example", JULIETS));
        assertThat(copied.elements()).isEmpty();
    }

    @Test
    void aCopyWithoutRecipientIsCleanedToo() {
        remember("his", "hers");
        Message copy = copyOf("juliet@verona.example", JULIETS);
        Element message = copy.getElement().element("sent").element("forwarded").element("message");
        message.remove(message.attribute("to"));

        assertThat(replacementOf(copy).elements()).isEmpty();
    }

    @Test
    void anErrorDoesNotShowTheIdOfWhoItCameFrom() {
        Message error = message(JULIET, OTHER, "<body>x</body>" + JULIETS);
        assertThatThrownBy(() -> carbons.interceptPacket(error, session, false, false))
                .isInstanceOf(PacketRejectedException.class);
        ArgumentCaptor<Packet> sent = ArgumentCaptor.forClass(Packet.class);
        verify(session).process(sent.capture());
        assertThat(sent.getValue().toXML()).contains("<body>x</body>").doesNotContain("stanza-id");
    }

    @Test
    void copyOfWhatWentToAnotherServerGetsTheSendersId() {
        carbons.remember(List.of(Entries.sent("romeo", "his", new JID("tybalt@mantua.example"))));
        Element copied = replacementOf(copyOf("tybalt@mantua.example", "<body>Hi</body>"));
        assertThat(StanzaIds.find(copied, ROMEO)).contains("his");
    }

    @Test
    void whatWasRoutedBeforeIsForgotten() throws PacketRejectedException {
        remember("his", "hers");
        carbons.interceptPacket(message(ROMEO, JULIET, "<body>x</body>"), session, true, true);
        passes(copyOf("juliet@verona.example/balcony", "<body>next</body>"));
    }

    @Test
    void everythingElsePasses() throws PacketRejectedException {
        passes(copyOf("juliet@verona.example", "<body>no id</body>"));
        passes(copyOf("juliet@verona.example", stanzaId("romeo@verona.example", "his")));
        passes(copyOf("juliet@verona.example", stanzaId("room@muc.example", "1")));
        passes(message(JULIET, OTHER, stanzaId("romeo@verona.example", "his")));
        passes(message(ROMEO.asBareJID(), OTHER, "<sent xmlns='urn:xmpp:carbons:2'/>"));
        Message copy = copyOf("juliet@verona.example", JULIETS);
        carbons.interceptPacket(copy, session, true, false);
        carbons.interceptPacket(copy, session, false, true);
        verify(session, never()).process(any());
    }

    private void passes(Message message) throws PacketRejectedException {
        carbons.interceptPacket(message, session, false, false);
        verify(session, never()).process(any());
    }

    private void remember(String his, String hers) {
        carbons.remember(List.of(
                Entries.received("juliet", hers, ROMEO, Entries.NOON),
                Entries.sent("romeo", his, new JID("juliet@verona.example/balcony"))));
    }

    private static Message copyOf(String to, String content) {
        return message(
                ROMEO.asBareJID(),
                OTHER,
                "<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>"
                        + "<message xmlns='jabber:client' from='" + ROMEO + "' to='" + to + "'>" + content
                        + "</message></forwarded></sent>");
    }

    /** The message that goes to the session instead of the copy. */
    private Element replacementOf(Message copy) {
        assertThatThrownBy(() -> carbons.interceptPacket(copy, session, false, false))
                .isInstanceOf(PacketRejectedException.class);
        ArgumentCaptor<Packet> sent = ArgumentCaptor.forClass(Packet.class);
        verify(session).process(sent.capture());
        return sent.getValue().getElement().element("sent").element("forwarded").element("message");
    }
}
