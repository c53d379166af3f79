package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.xml;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jivesoftware.openfire.session.ClientSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.IQ;
import org.xmpp.packet.JID;
import org.xmpp.packet.PacketError;

/** PROTOCOL section 2.2: a subscription in the request for a session inhibits offline delivery to it. */
class SessionEstablishmentHandlerTest {

    private static final JID ORCHARD = new JID("romeo@verona.example/orchard");

    private final Accounts accounts = mock(Accounts.class);
    private final Sessions sessions = mock(Sessions.class);
    private final Subscribing subscribing = mock(Subscribing.class);
    private final ClientSession session = mock(ClientSession.class);
    private final List<ClientSession> reading = new ArrayList<>();
    private final SessionEstablishmentHandler handler =
            new SessionEstablishmentHandler(accounts, sessions, subscribing, reading::add);

    @BeforeEach
    void romeo() {
        when(session.getAddress()).thenReturn(ORCHARD);
        when(sessions.find(ORCHARD)).thenReturn(Optional.of(session));
        when(accounts.accountOf(any())).thenReturn(Optional.of("romeo"));
        when(accounts.bareJid("romeo")).thenReturn(ORCHARD.asBareJID());
        when(subscribing.subscribe(any(), any(), any())).thenReturn(AccountIQHandler.LATER);
    }

    private void establish(String set) throws Exception {
        IQ request = new IQ(xml("<iq xmlns='jabber:client' type='set' id='s1' from='" + ORCHARD + "'>"
                + "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'><subscribe xmlns='urn:xmpp:mam:sub:0'>" + set
                + "</subscribe></session></iq>"));
        handler.handleIQ(request);
    }

    @Test
    void whoAsksForAPartOfTheHistoryReadsTheArchive() throws Exception {
        establish("<set xmlns='http://jabber.org/protocol/rsm'><max>10</max><after/></set>");
        assertThat(reading).containsExactly(session);
    }

    /** As long as it is subscribed, that says it. */
    @Test
    void whoSubscribesIsSubscribed() throws Exception {
        establish("");
        establish("<set xmlns='http://jabber.org/protocol/rsm'><after/></set>");
        assertThat(reading).isEmpty();
    }

    @Test
    void whoIsRefusedIsGivenItsOfflineSet() throws Exception {
        when(subscribing.subscribe(any(), any(), any()))
                .thenThrow(new StanzaError(PacketError.Condition.item_not_found));
        establish("<set xmlns='http://jabber.org/protocol/rsm'><max>10</max><after>unknown</after></set>");
        assertThat(reading).isEmpty();
    }
}
