package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.junit.jupiter.api.Test;

class CachedPreferencesTest {

    private static final ArchivePreferences OLD = ArchivePreferences.of(Default.ALWAYS);
    private static final ArchivePreferences NEW = ArchivePreferences.of(Default.NEVER);
    private static final ArchivePreferences NEWEST = ArchivePreferences.of(Default.ROSTER);

    private final SettableClock clock = new SettableClock();
    private final Store store = new Store();
    private final CachedPreferences cached = new CachedPreferences(store, clock);

    /** Something may happen between reading and answering, and between committing and saying so. */
    private static final class Store implements PreferenceStore {

        private final Map<String, ArchivePreferences> saved = new HashMap<>();
        private Runnable meanwhile = () -> {};
        private int reads;

        private void pause() {
            Runnable now = meanwhile;
            meanwhile = () -> {};
            now.run();
        }

        @Override
        public Optional<ArchivePreferences> find(String owner) {
            reads++;
            Optional<ArchivePreferences> found = Optional.ofNullable(saved.get(owner));
            pause();
            return found;
        }

        @Override
        public void save(String owner, ArchivePreferences preferences) {
            saved.put(owner, preferences);
            pause();
        }
    }

    @Test
    void anAnswerIsUsedAgainForAWhile() {
        store.saved.put("romeo", OLD);
        assertThat(cached.find("romeo")).contains(OLD);
        store.saved.put("romeo", NEW);
        clock.pass(CachedPreferences.LIFE.minusMillis(1));
        assertThat(cached.find("romeo")).contains(OLD);
        assertThat(store.reads).isEqualTo(1);
        clock.pass(CachedPreferences.LIFE);
        assertThat(cached.find("romeo")).contains(NEW);
    }

    @Test
    void whatIsSavedCountsAtOnceWithoutBeingRead() {
        cached.find("romeo");
        cached.save("romeo", NEW);
        assertThat(cached.find("romeo")).contains(NEW);
        assertThat(store.reads).isEqualTo(1);
    }

    @Test
    void whatWasReadBeforeAChangeIsNotRememberedAfterIt() {
        store.saved.put("romeo", OLD);
        store.meanwhile = () -> cached.save("romeo", NEW);
        cached.find("romeo");
        assertThat(cached.find("romeo")).contains(NEW);
    }

    @Test
    void whatWasReadBeforeTheAccountWentIsNotRememberedForTheNextOfItsName() {
        store.saved.put("romeo", OLD);
        store.meanwhile = () -> {
            store.saved.remove("romeo");
            cached.forget("romeo");
        };
        cached.find("romeo");
        assertThat(cached.find("romeo")).isEmpty();
    }

    @Test
    void ofTwoChangesAtOnceTheOneCommittedLastCounts() {
        store.meanwhile = () -> cached.save("romeo", NEWEST);
        cached.save("romeo", NEW);
        assertThat(cached.find("romeo")).contains(NEWEST);
    }
}
