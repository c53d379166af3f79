package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures of one benchmark: a table, and under it what they were measured with. Not thread-safe. */
final class Report {

    private final String title;
    private final List<String> notes = new ArrayList<>();
    private final List<Map<String, Object>> rows = new ArrayList<>();
    private final Map<String, Object> details = new LinkedHashMap<>();
    private final Instant began = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final double loadBefore = loadAverage();

    Report(String title) {
        this.title = title;
    }

    /** A sentence under the table. */
    void note(String sentence) {
        notes.add(sentence);
    }

    /** A row; the keys of the first one are the table's columns. */
    void row(Map<String, Object> cells) {
        rows.add(cells);
    }

    /** What is in the JSON only. */
    void detail(String name, Object value) {
        details.put(name, value);
    }

    /** Everything, for JSON. */
    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("title", title);
        map.put("began", began.toString());
        map.put("java", System.getProperty("java.version"));
        map.put("processors", Runtime.getRuntime().availableProcessors());
        map.put("loadAverageBefore", loadBefore);
        map.put("loadAverageAfter", loadAverage());
        map.put("rows", rows);
        map.put("notes", notes);
        map.putAll(details);
        return map;
    }

    /** Heading, table and notes. */
    String markdown() {
        StringBuilder text = new StringBuilder("### " + title + "\n\n");
        if (!rows.isEmpty()) {
            List<String> columns = List.copyOf(rows.get(0).keySet());
            line(text, columns);
            line(text, columns.stream().map(column -> "---").toList());
            for (Map<String, Object> row : rows) {
                line(text, columns.stream().map(column -> cell(row.get(column))).toList());
            }
            text.append('\n');
        }
        notes.forEach(note -> text.append("* ").append(note).append('\n'));
        return text.append("* Measured ")
                .append(began)
                .append(" on ")
                .append(Runtime.getRuntime().availableProcessors())
                .append(" cores, load average before: ")
                .append(cell(loadBefore))
                .append('\n')
                .toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /** Three significant digits are more than a benchmark knows. */
    static String cell(Object value) {
        if (value instanceof Double number) {
            double size = Math.abs(number);
            String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
            return String.format(Locale.ROOT, format, number);
        }
        return value instanceof Number number ? String.format(Locale.ROOT, "%,d", number) : String.valueOf(value);
    }

    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
