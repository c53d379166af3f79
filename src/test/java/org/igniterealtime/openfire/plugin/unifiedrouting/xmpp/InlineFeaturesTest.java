package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.Optional;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;
import org.jivesoftware.openfire.StreamID;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;
import org.xmpp.packet.PacketError;

/** What a session asks for while it is bound. */
class InlineFeaturesTest {

    private final Accounts accounts = mock(Accounts.class);
    private final Subscribing subscribing = mock(Subscribing.class);
    private final RoutingNg routingNg = mock(RoutingNg.class);
    private final Runnable subscription = mock(Runnable.class);
    private final LocalClientSession session = mock(LocalClientSession.class);
    private final InlineFeatures features = new InlineFeatures(accounts, subscribing, routingNg);

    @BeforeEach
    void romeo() {
        StreamID stream = mock(StreamID.class);
        when(stream.getID()).thenReturn("stream1");
        when(session.getStreamID()).thenReturn(stream);
        when(session.getAddress()).thenReturn(new JID("romeo@verona.example/orchard"));
        when(accounts.accountOf(any())).thenReturn(Optional.of("romeo"));
        when(accounts.bareJid("romeo")).thenReturn(new JID("romeo@verona.example"));
        when(subscribing.prepare(any(), any())).thenReturn(subscription);
    }

    private static Element element(String name, String namespace) {
        return DocumentHelper.createElement(QName.get(name, namespace));
    }

    private String failure(Element request) {
        Element failed = features.ask(session, request).orElseThrow();
        assertThat(failed.getName()).isEqualTo("failed");
        assertThat(failed.getNamespaceURI()).isEqualTo(request.getNamespaceURI());
        return failed.elements().get(0).getName();
    }

    @Test
    void bothBeginWhenTheSessionKnowsThatItIsBound() {
        assertThat(features.ask(session, element("subscribe", "urn:xmpp:mam:sub:0")))
                .isEmpty();
        assertThat(features.ask(session, element("enable", "urn:xmpp:im-ng:0"))).isEmpty();
        verify(subscription, never()).run();
        verify(routingNg, never()).enable(session);

        features.bound(session);
        features.bound(session);

        verify(subscription).run();
        verify(routingNg).enable(session);
    }

    @Test
    void whatFailsKeepsNothingElseFromBeginning() {
        doThrow(new IllegalStateException("subscription")).when(subscription).run();
        features.ask(session, element("subscribe", "urn:xmpp:mam:sub:0"));
        features.ask(session, element("enable", "urn:xmpp:im-ng:0"));

        features.bound(session);

        verify(subscription).run();
        verify(routingNg).enable(session);
    }

    @Test
    void whoEndsBeforeThatGetsNothing() {
        features.ask(session, element("subscribe", "urn:xmpp:mam:sub:0"));
        features.ended(session);
        features.bound(session);
        verify(subscription, never()).run();
    }

    @Test
    void whatCannotBeDoneIsSaid() {
        when(subscribing.prepare(any(), any())).thenThrow(new StanzaError(PacketError.Condition.item_not_found));
        assertThat(failure(element("subscribe", "urn:xmpp:mam:sub:0"))).isEqualTo("item-not-found");
        assertThat(failure(element("unsubscribe", "urn:xmpp:mam:sub:0"))).isEqualTo("feature-not-implemented");
        when(session.isAnonymousUser()).thenReturn(true);
        assertThat(failure(element("enable", "urn:xmpp:im-ng:0"))).isEqualTo("not-allowed");
        features.bound(session);
        verify(routingNg, never()).enable(session);
    }
}
