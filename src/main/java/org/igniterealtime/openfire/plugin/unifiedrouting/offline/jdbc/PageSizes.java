package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What comes next in an offline set, of both its tables, and how much of it makes a page. Not thread-safe. */
final class PageSizes {

    private final int max;
    private final long bytes;
    private final List<Row> rows = new ArrayList<>();
    private int count;

    private record Row(boolean archived, long seq, long size) {}

    PageSizes(int max, long bytes) {
        this.max = max;
        this.bytes = bytes;
    }

    int max() {
        return max;
    }

    /** To be called for the first {@link #max} rows of each table, as far as there are so many. */
    void add(boolean archived, long seq, long size) {
        rows.add(new Row(archived, seq, size));
    }

    void cut() {
        rows.sort(Comparator.comparingLong(Row::seq));
        long length = 0;
        while (count < Math.min(max, rows.size())) {
            length += rows.get(count).size();
            if (count > 0 && length > bytes) {
                break;
            }
            count++;
        }
    }

    boolean has(boolean archived) {
        return rows.subList(0, count).stream().anyMatch(row -> row.archived() == archived);
    }

    /** The place of the page's last row; to be asked for if it is not the last page. */
    long upTo() {
        return rows.get(count - 1).seq();
    }

    boolean isLast() {
        return rows.size() < max && count == rows.size();
    }
}
