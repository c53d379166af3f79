package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A WHERE clause and its parameters. */
public final class Condition {

    /** Some databases take no more than 1,000 values in one list. */
    private static final int VALUES_PER_LIST = 500;

    private final StringBuilder sql;
    private final List<Object> parameters = new ArrayList<>();

    public Condition(String sql, Object parameter) {
        this.sql = new StringBuilder(sql);
        parameters.add(parameter);
    }

    public Condition and(String term, Object parameter) {
        sql.append(" AND ").append(term);
        parameters.add(parameter);
        return this;
    }

    /** The column has one of these values; of none if there are none. */
    public Condition andIsOneOf(String column, Collection<Long> values) {
        if (values.isEmpty()) {
            sql.append(" AND 1 = 0");
            return this;
        }
        List<Long> all = List.copyOf(values);
        sql.append(" AND (");
        for (int from = 0; from < all.size(); from += VALUES_PER_LIST) {
            List<Long> some = all.subList(from, Math.min(all.size(), from + VALUES_PER_LIST));
            sql.append(from == 0 ? "" : " OR ").append(column).append(" IN (");
            sql.append(String.join(", ", some.stream().map(String::valueOf).toList()))
                    .append(')');
        }
        sql.append(')');
        return this;
    }

    public String sql() {
        return sql.toString();
    }

    /** @return the index of the parameter that follows */
    public int bind(PreparedStatement statement) throws SQLException {
        int index = 1;
        for (Object parameter : parameters) {
            statement.setObject(index++, parameter);
        }
        return index;
    }
}
