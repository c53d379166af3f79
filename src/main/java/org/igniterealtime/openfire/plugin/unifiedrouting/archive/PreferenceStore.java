package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.Optional;

/**
 * Where accounts' preferences are kept. Implementations are thread-safe; every method throws {@link StoreUnavailable}
 * when the database fails, and has then changed nothing.
 */
public interface PreferenceStore {

    /** What an account has chosen; empty if it has chosen nothing. */
    Optional<ArchivePreferences> find(String owner);

    /** Keeps what an account has chosen, in place of what it had chosen before. */
    void save(String owner, ArchivePreferences preferences);
}
