package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.List;
import java.util.Optional;

/** What became of an administrator's wish to change settings. */
public sealed interface SettingsChange {

    /** The settings say what was entered. @param isAnyReadAtLoad whether some of it waits for the plugin to be loaded */
    record Done(boolean isAnyReadAtLoad) implements SettingsChange {}

    /**
     * Nothing was changed.
     *
     * @param agreement with {@link Reason#DELETES}, what has to come with the same settings to agree to just this
     */
    record Refused(Reason reason, List<SettingGroup> entered, Optional<String> agreement) implements SettingsChange {

        public Refused {
            entered = List.copyOf(entered);
        }
    }

    enum Reason {
        /** There are mistakes in what was entered. */
        MISTAKES,
        /** Messages would be deleted, which was not agreed to. */
        DELETES,
        /** The database does not answer. Openfire would not say that it could not store them. */
        DATABASE
    }
}
