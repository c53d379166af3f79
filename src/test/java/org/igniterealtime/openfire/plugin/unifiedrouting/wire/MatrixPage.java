package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The tables of {@code docs/delivery-matrix.md}: below each heading one, with a column for each kind of session. */
final class MatrixPage {

    /** What a session of one kind gets of one message. */
    record Cell(String table, String row, String column, Set<String> copies) {}

    private final List<Cell> cells = new ArrayList<>();

    static MatrixPage read() {
        try {
            return new MatrixPage(Files.readAllLines(Path.of("docs", "delivery-matrix.md")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MatrixPage(List<String> lines) {
        String table = null;
        List<String> header = null;
        for (String line : lines) {
            if (line.startsWith("## ")) {
                table = line.substring(3).strip();
                header = null;
            } else if (table != null && line.startsWith("|") && !line.startsWith("|--")) {
                List<String> row = Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList();
                if (header == null) {
                    header = row;
                } else {
                    add(table, header, row);
                }
            }
        }
    }

    private void add(String table, List<String> header, List<String> row) {
        if (row.size() != header.size()) {
            throw new IllegalStateException("Not as many cells as columns: " + row);
        }
        for (int i = 1; i < row.size(); i++) {
            Set<String> copies = new TreeSet<>(List.of(row.get(i).split(", ")));
            copies.remove("—");
            cells.add(new Cell(table, row.get(0), header.get(i), copies));
        }
    }

    List<Cell> cells() {
        return cells;
    }

    /** The rows of each table, in their order. */
    Map<String, Set<String>> rows() {
        Map<String, Set<String>> rows = new LinkedHashMap<>();
        cells.forEach(cell ->
                rows.computeIfAbsent(cell.table(), table -> new TreeSet<>()).add(cell.row()));
        return rows;
    }

    Set<String> columns() {
        Set<String> columns = new TreeSet<>();
        cells.forEach(cell -> columns.add(cell.column()));
        return columns;
    }
}
