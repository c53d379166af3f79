package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;

class SubscriptionRegistryTest {

    private static final SessionKey ORCHARD = new SessionKey(new JID("romeo@verona.example/orchard"), "s1");
    private static final SessionKey STREET = new SessionKey(new JID("romeo@verona.example/street"), "s2");
    private static final SessionKey BALCONY = new SessionKey(new JID("juliet@verona.example/balcony"), "s3");

    private final SubscriptionRegistry<String> registry = new SubscriptionRegistry<>();

    private void subscribe(SessionKey session) {
        registry.putUnlessSubscribed(new Feed<>(session, 0, null));
    }

    @Test
    void nobodyIsSubscribedAtFirst() {
        assertThat(registry.isSubscribed(ORCHARD)).isFalse();
        assertThat(registry.subscribersOf("romeo")).isEmpty();
    }

    @Test
    void subscribingTwiceIsSubscribing() {
        subscribe(ORCHARD);
        subscribe(ORCHARD);
        assertThat(registry.subscribersOf("romeo")).containsExactly(ORCHARD);

        registry.unsubscribe(ORCHARD);
        assertThat(registry.isSubscribed(ORCHARD)).isFalse();
    }

    @Test
    void unsubscribingWithoutASubscriptionChangesNothing() {
        subscribe(STREET);
        registry.unsubscribe(ORCHARD);
        registry.unsubscribe(BALCONY);
        assertThat(registry.subscribersOf("romeo")).containsExactly(STREET);
    }

    @Test
    void aSubscriptionIsThatOfOneSessionOfOneAccount() {
        subscribe(ORCHARD);
        assertThat(registry.isSubscribed(STREET)).isFalse();
        assertThat(registry.subscribersOf("juliet")).isEmpty();
    }

    @Test
    void aNewSessionWithTheSameAddressIsNotSubscribed() {
        subscribe(ORCHARD);
        subscribe(STREET);
        SessionKey again = new SessionKey(ORCHARD.jid(), "s9");

        registry.replaced(again);

        assertThat(registry.isSubscribed(again)).isFalse();
        assertThat(registry.subscribersOf("romeo")).containsExactly(STREET);
    }

    @Test
    void aSessionDoesNotReplaceItself() {
        subscribe(ORCHARD);
        registry.replaced(ORCHARD);
        assertThat(registry.isSubscribed(ORCHARD)).isTrue();
    }

    @Test
    void theEndOfAnEarlierSessionDoesNotEndTheLaterOnes() {
        SessionKey again = new SessionKey(ORCHARD.jid(), "s9");
        subscribe(again);
        registry.unsubscribe(ORCHARD);
        assertThat(registry.isSubscribed(again)).isTrue();
    }

    @Test
    void whoGoesOnWithoutASubscriptionIsSaid() {
        List<SessionKey> stopped = new ArrayList<>();
        registry.onStopped(stopped::add);
        subscribe(ORCHARD);
        subscribe(STREET);
        subscribe(BALCONY);
        registry.unsubscribe(ORCHARD);
        registry.unsubscribe(ORCHARD);
        registry.ended(STREET);
        registry.accountDeleted("juliet");
        assertThat(stopped).containsExactly(ORCHARD);
        assertThat(registry.sessionCount()).isZero();
    }

    @Test
    void subscriptionsEndWithTheAccount() {
        subscribe(ORCHARD);
        subscribe(STREET);
        subscribe(BALCONY);
        registry.accountDeleted("romeo");
        assertThat(registry.subscribersOf("romeo")).isEmpty();
        assertThat(registry.isSubscribed(BALCONY)).isTrue();
    }

    @Test
    void sessionsThatComeAndGoAtOnceLoseNoSubscription() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                SessionKey own = new SessionKey(new JID("romeo@verona.example/r" + i), "s" + i);
                tasks.add(() -> {
                    for (int round = 0; round < 2_000; round++) {
                        subscribe(own);
                        if (!registry.isSubscribed(own)) {
                            throw new AssertionError("lost in round " + round);
                        }
                        registry.unsubscribe(own);
                    }
                    return null;
                });
            }
            for (Future<Void> result : threads.invokeAll(tasks)) {
                result.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(registry.subscribersOf("romeo")).isEmpty();
    }
}
