package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.List;

/**
 * Settings that stand together on the settings page.
 *
 * @param name of the group, for the texts
 */
public record SettingGroup(String name, List<SettingView> settings) {

    public SettingGroup {
        settings = List.copyOf(settings);
    }
}
