package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.delayFrom;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.stanzaId;

import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.InMemoryOfflineStore;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;
import org.xmpp.packet.Presence;

class StanzaIdGuardTest {

    private static final String DELAY = delayFrom("verona.example");
    private static final String FORGED = stanzaId("juliet@verona.example", "forged");
    private static final String OF_A_ROOM = stanzaId("room@muc.example", "1");

    private final InMemoryArchive archive = new InMemoryArchive();
    private final StanzaIdGuard guard = new StanzaIdGuard(
            new ContentGuard(error -> {}),
            ACCOUNTS,
            new Reroute(archive, new InMemoryOfflineStore(), ACCOUNTS, (account, mid) -> false));

    @Test
    void idsThatOnlyThisServerMayGiveAreTakenAway() throws PacketRejectedException {
        Message message = message(ROMEO, JULIET, FORGED + OF_A_ROOM);
        incoming(message);
        assertThat(message.getElement().elements()).hasSize(1);
        assertThat(message.toXML()).contains("room@muc.example").doesNotContain("forged");
    }

    @Test
    void aMessageThatIsRoutedAgainKeepsItsId() throws PacketRejectedException {
        archive.append(List.of(Entries.withStanza(
                Entries.received("juliet", "known", ROMEO, Entries.NOON),
                message(ROMEO, JULIET, "<body>x</body>").toXML())));
        Message message = message(
                ROMEO,
                JULIET,
                "<body>x</body>" + DELAY + stanzaId("juliet@verona.example", "known")
                        + stanzaId("romeo@verona.example", "other"));
        incoming(message);
        assertThat(message.toXML()).contains("known").doesNotContain("other");
    }

    @Test
    void whatCannotBeCheckedIsNotBelieved() throws PacketRejectedException {
        InMemoryArchive broken = new InMemoryArchive() {
            @Override
            public Optional<ArchivedMessage> find(String owner, Mid mid) {
                throw new IllegalStateException("a bug");
            }
        };
        Message message = message(ROMEO, JULIET, DELAY + FORGED);
        new StanzaIdGuard(
                        new ContentGuard(error -> {}),
                        ACCOUNTS,
                        new Reroute(broken, new InMemoryOfflineStore(), ACCOUNTS, (account, mid) -> false))
                .interceptPacket(message, null, true, false);
        assertThat(message.toXML()).doesNotContain("forged");
    }

    @Test
    void aCopyForASessionThatIsGoneGoesNoFurther() {
        Message copy = new SessionCopy(message(ROMEO, JULIET, "<body>x</body>" + DELAY));
        assertThatThrownBy(() -> incoming(copy)).isInstanceOf(PacketRejectedException.class);
    }

    @Test
    void aMessageToNobodyIsToTheSender() throws PacketRejectedException {
        Message message = message(ROMEO, null, "<body>Ay me!</body>");
        incoming(message);
        assertThat(message.getTo()).isEqualTo(ROMEO.asBareJID());
    }

    @Test
    void aWrapperForASessionThatIsGoneIsTriedOnNobodyElse() {
        Message wrapper = message(JULIET.asBareJID(), JULIET, "<mamsub xmlns='urn:xmpp:mam:sub:0'/>" + DELAY);
        assertThatThrownBy(() -> incoming(wrapper)).isInstanceOf(PacketRejectedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<mamsub xmlns='urn:xmpp:mam:sub:0'/>",
                "<sent xmlns='urn:xmpp:carbons:2'/>",
                "<received xmlns='urn:xmpp:carbons:2'/>"
            })
    void aWrapperThatTheServerDoesNotRouteIsForged(String content) {
        Message wrapper = message(JULIET.asBareJID(), JULIET, content);
        assertThatThrownBy(() -> incoming(wrapper)).isInstanceOf(PacketRejectedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<mamsub xmlns='urn:xmpp:mam:sub:0'/>", "<received xmlns='urn:xmpp:carbons:2'/>"})
    void whatAnybodySendsIsAMessageLikeOthers(String content) throws PacketRejectedException {
        incoming(message(ROMEO, JULIET, content));
        incoming(message(ROMEO.asBareJID(), JULIET, content));
    }

    @Test
    void theResultsOfAnotherArchivePass() throws PacketRejectedException {
        incoming(message(JULIET.asBareJID(), JULIET, "<result xmlns='urn:xmpp:mam:2'/>"));
    }

    @Test
    void onlyIncomingMessagesBeforeTheyAreRoutedAreLookedAt() throws PacketRejectedException {
        Message message = message(ROMEO, JULIET, FORGED);
        guard.interceptPacket(message, null, false, false);
        guard.interceptPacket(message, null, true, true);
        guard.interceptPacket(new Presence(), null, true, false);
        assertThat(message.toXML()).contains("forged");
    }

    private void incoming(Packet packet) throws PacketRejectedException {
        guard.interceptPacket(packet, null, true, false);
    }
}
