package org.igniterealtime.openfire.plugin.unifiedrouting.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A table with its keys. Two are equal if they hold the same in whatever order of columns. Not thread-safe. */
final class Table {

    /**
     * An index.
     *
     * @param columns in their order
     */
    record Index(boolean unique, List<String> columns) {}

    private final String name;
    private final Map<String, Column> columns = new LinkedHashMap<>();
    private final Map<String, Index> indexes = new TreeMap<>();
    private String keyName = "";
    private List<String> key = List.of();

    Table(String name) {
        this.name = name;
    }

    void add(Column column) {
        if (columns.put(column.name(), column) != null) {
            throw new IllegalArgumentException("Twice in " + name + ": " + column.name());
        }
    }

    void dropColumn(String column) {
        if (columns.remove(column) == null) {
            throw new IllegalArgumentException("Not in " + name + ": " + column);
        }
    }

    void setKey(String constraint, List<String> keyColumns) {
        keyName = constraint;
        key = keyColumns;
    }

    void add(String index, Index definition) {
        if (indexes.put(index, definition) != null) {
            throw new IllegalArgumentException("Twice: " + index);
        }
    }

    boolean dropIndex(String index) {
        return indexes.remove(index) != null;
    }

    List<Column> columns() {
        return List.copyOf(columns.values());
    }

    /** The columns of each key and index. */
    List<List<Column>> keys() {
        List<List<Column>> all = new ArrayList<>();
        all.add(key.stream().map(columns::get).toList());
        indexes.values()
                .forEach(index ->
                        all.add(index.columns().stream().map(columns::get).toList()));
        return all;
    }

    /** The names of the table, its columns, its key and its indexes. */
    List<String> names() {
        List<String> names = new ArrayList<>(List.of(name, keyName));
        names.addAll(columns.keySet());
        names.addAll(indexes.keySet());
        return names;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Table table
                && columns.equals(table.columns)
                && indexes.equals(table.indexes)
                && key.equals(table.key)
                && keyName.equals(table.keyName);
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    @Override
    public String toString() {
        return "columns " + new TreeMap<>(columns).values() + ", key " + keyName + key + ", indexes " + indexes;
    }
}
