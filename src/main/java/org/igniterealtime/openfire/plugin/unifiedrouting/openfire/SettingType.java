package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.List;

/** What a setting may say. */
public sealed interface SettingType {

    /**
     * One of these.
     *
     * @param words in lower case, at least two
     */
    record Words(List<String> words) implements SettingType {

        public Words {
            words = List.copyOf(words);
        }
    }

    /**
     * A whole number from the least to the most.
     *
     * @param isZeroToo whether it may be 0 as well, where the least is more
     */
    record Number(long least, long most, boolean isZeroToo) implements SettingType {

        boolean holds(long value) {
            return value >= least && value <= most || isZeroToo && value == 0;
        }
    }

    /** A list of matchers (ROUTING-RULES section 7). */
    record Matchers() implements SettingType {}
}
