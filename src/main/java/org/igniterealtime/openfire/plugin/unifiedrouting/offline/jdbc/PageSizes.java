package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.RowSizes;

/** What comes next in an offline set, of both its tables, and how much of it makes a page. Not thread-safe. */
final class PageSizes {

    private final int max;
    private final long bytes;
    private final List<Row> rows = new ArrayList<>();
    private int count;

    private record Row(boolean archived, RowSizes.Row size) {}

    PageSizes(int max, long bytes) {
        this.max = max;
        this.bytes = bytes;
    }

    /** @param first the first rows of a table, as many as a page may have if there are so many */
    void add(boolean archived, List<RowSizes.Row> first) {
        first.forEach(size -> rows.add(new Row(archived, size)));
    }

    void cut() {
        rows.sort(Comparator.comparingLong(row -> row.size().seq()));
        count = RowSizes.fitting(rows.stream().map(Row::size).toList(), max, bytes);
    }

    boolean has(boolean archived) {
        return rows.subList(0, count).stream().anyMatch(row -> row.archived() == archived);
    }

    /** The place of the page's last row; to be asked for if it is not the last page. */
    long upTo() {
        return rows.get(count - 1).size().seq();
    }

    boolean isLast() {
        return rows.size() < max && count == rows.size();
    }
}
