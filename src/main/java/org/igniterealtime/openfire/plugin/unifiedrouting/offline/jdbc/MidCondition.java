package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Condition;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/**
 * A condition, and that the message is one of some.
 *
 * @param mids at least one
 */
record MidCondition(Condition condition, List<Mid> mids) {

    /** All of them, in as many parts as this database wants. */
    static List<List<Mid>> portions(SqlDialect dialect, Collection<Mid> mids) {
        List<Mid> all = List.copyOf(mids);
        int most = dialect.keysPerStatement();
        List<List<Mid>> portions = new ArrayList<>();
        for (int from = 0; from < all.size(); from += most) {
            portions.add(all.subList(from, Math.min(all.size(), from + most)));
        }
        return portions;
    }

    String sql() {
        return condition.sql() + " AND " + SqlDialect.isOneOf("mid", mids.size());
    }

    void bind(PreparedStatement statement) throws SQLException {
        int next = condition.bind(statement);
        for (Mid mid : mids) {
            statement.setString(next++, mid.value());
        }
    }
}
