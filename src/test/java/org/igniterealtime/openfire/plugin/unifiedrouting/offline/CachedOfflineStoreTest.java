package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CachedOfflineStoreTest {

    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final OfflineLimit OLD = new OfflineLimit(1);
    private static final OfflineLimit NEW = new OfflineLimit(2);

    private final InMemoryOfflineStore store = new InMemoryOfflineStore();
    private Runnable meanwhile = () -> {};
    private int reads;
    private final CachedOfflineStore cached =
            new CachedOfflineStore(slow(), Clock.fixed(NOON, ZoneOffset.UTC), owner -> false);

    /** Something may happen between reading and answering. */
    private OfflineStore slow() {
        return (OfflineStore) Proxy.newProxyInstance(
                OfflineStore.class.getClassLoader(),
                new Class<?>[] {OfflineStore.class},
                (proxy, method, arguments) -> {
                    Object result = method.invoke(store, arguments);
                    if (method.getName().equals("mailbox")) {
                        reads++;
                        Runnable now = meanwhile;
                        meanwhile = () -> {};
                        now.run();
                    }
                    return result;
                });
    }

    @Test
    void anAnswerIsUsedAgain() {
        store.setLimit("romeo", Optional.of(OLD));
        assertThat(cached.habits("romeo").ownLimit()).contains(OLD);
        assertThat(cached.habits("romeo").ownLimit()).contains(OLD);
        assertThat(reads).isEqualTo(1);
        cached.setLimit("romeo", Optional.of(NEW));
        assertThat(cached.habits("romeo").ownLimit()).contains(NEW);
    }

    @Test
    void whatWasReadBeforeALimitWasSetIsNotRememberedAfterIt() {
        store.setLimit("romeo", Optional.of(OLD));
        meanwhile = () -> cached.setLimit("romeo", Optional.of(NEW));
        cached.habits("romeo");
        assertThat(cached.habits("romeo").ownLimit()).contains(NEW);
    }

    @Test
    void whatWasReadBeforeTheArchiveWasUsedIsNotRememberedAfterIt() {
        meanwhile = () -> cached.archiveUsed("romeo", NOON);
        cached.habits("romeo");
        assertThat(cached.habits("romeo").archiveUsedAt()).contains(NOON);
    }
}
