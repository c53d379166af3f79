package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Some numbers that a statement names one by one. Their range is named, too: HSQLDB looks at every row that an index leaves
 * for whether it is in a list, and finds a range by the index.
 *
 * @param sorted at least one, at most {@value #MOST}
 */
record Numbers(List<Long> sorted) {

    private static final int MOST = 64;

    /** All of them, in parts. */
    static List<Numbers> parts(Collection<Long> numbers) {
        List<Long> all = numbers.stream().sorted().toList();
        List<Numbers> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MOST) {
            parts.add(new Numbers(all.subList(from, Math.min(all.size(), from + MOST))));
        }
        return parts;
    }

    /** The condition. Always as long, so that there is one statement to prepare. */
    static String among(String column) {
        return column + " >= ? AND " + column + " <= ? AND " + column + " IN (?" + ", ?".repeat(MOST - 1) + ")";
    }

    /** The last number fills up. */
    void bind(PreparedStatement statement, int from) throws SQLException {
        Long last = sorted.get(sorted.size() - 1);
        statement.setLong(from, sorted.get(0));
        statement.setLong(from + 1, last);
        for (int i = 0; i < MOST; i++) {
            statement.setLong(from + 2 + i, i < sorted.size() ? sorted.get(i) : last);
        }
    }
}
