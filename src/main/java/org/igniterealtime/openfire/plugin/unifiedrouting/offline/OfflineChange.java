package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.util.OptionalLong;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/**
 * What has become of an account's offline set (ROUTING-RULES section 6). To apply a change twice does no harm.
 *
 * @param owner the account's user name
 * @param cursor the place up to which everything archived is taken; never moves the cursor backwards
 * @param taken what some session took while older messages are undelivered; what is in the offline set only is deleted
 * @param returned what turned out undelivered. A place at or before the cursor moves the cursor back before it, and
 *     what is eligible between there and the old cursor and is not returned counts as taken
 */
public record OfflineChange(String owner, OptionalLong cursor, Set<Mid> taken, Set<Mid> returned) {

    public OfflineChange {
        taken = Set.copyOf(taken);
        returned = Set.copyOf(returned);
    }
}
