package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Condition;

/**
 * A condition, and that the message is one of some.
 *
 * @param mids at least one
 */
record MidCondition(Condition condition, List<Mid> mids) {

    String sql() {
        return condition.sql() + " AND mid IN (?" + ", ?".repeat(mids.size() - 1) + ")";
    }

    void bind(PreparedStatement statement) throws SQLException {
        int next = condition.bind(statement);
        for (Mid mid : mids) {
            statement.setString(next++, mid.value());
        }
    }
}
