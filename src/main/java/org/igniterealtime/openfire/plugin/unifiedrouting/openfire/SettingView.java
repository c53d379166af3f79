package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.Optional;

/**
 * What the settings page shows of one setting.
 *
 * @param key its name without the prefix that all have
 * @param type what it may say
 * @param text what it says; where nothing is set, what is in force; what was entered, if that was refused
 * @param stored what the property says, whatever was entered; where nothing is set, what is in force
 * @param inForce what counts, which is something else where there is a mistake in the text
 * @param normal what is in force where nothing is set
 * @param isReadAtLoad whether a change waits for the plugin to be loaded the next time
 * @param mistake what is wrong with the text, to follow "it is"
 */
public record SettingView(
        String key,
        SettingType type,
        String text,
        String stored,
        String inForce,
        String normal,
        boolean isReadAtLoad,
        Optional<String> mistake) {

    static SettingView of(Setting<?> setting, String stored, boolean isReadAtLoad) {
        return of(setting, setting.parse(stored == null ? setting.normal().text() : stored), stored, isReadAtLoad);
    }

    private static <T> SettingView of(Setting<T> setting, Setting.Reading<?> reading, String text, boolean atLoad) {
        String normal = setting.normal().text();
        if (reading instanceof Setting.Valid<?> valid) {
            return new SettingView(
                    setting.key(),
                    setting.type(),
                    valid.text(),
                    valid.text(),
                    valid.text(),
                    normal,
                    atLoad,
                    Optional.empty());
        }
        String why = ((Setting.Wrong<?>) reading).why();
        return new SettingView(setting.key(), setting.type(), text, text, normal, normal, atLoad, Optional.of(why));
    }

    /** The same while its form is corrected. */
    SettingView withEntered(String entered, Optional<String> wrong) {
        return new SettingView(key, type, entered, stored, inForce, normal, isReadAtLoad, wrong);
    }
}
