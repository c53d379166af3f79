package org.igniterealtime.openfire.plugin.unifiedrouting.schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What statements make of a database. Understands what the scripts have had so far; a test fails on the first statement
 * that it does not understand, and whoever wrote that teaches it here. Not thread-safe.
 */
final class Schema {

    private static final String NAME = "(\\w+)";
    private static final Pattern CREATE_TABLE =
            Pattern.compile("CREATE (?:CACHED )?TABLE " + NAME + " ?\\((.*)\\)( ENGINE = .*)?");
    private static final Pattern DROP_TABLE = Pattern.compile("DROP TABLE " + NAME);
    private static final Pattern KEY = Pattern.compile("CONSTRAINT " + NAME + " PRIMARY KEY \\((.*)\\)");
    private static final Pattern CREATE_INDEX =
            Pattern.compile("CREATE (UNIQUE )?INDEX " + NAME + " ON " + NAME + " ?\\((.*)\\)");
    private static final Pattern DROP_INDEX = Pattern.compile("DROP INDEX " + NAME + "(?: ON \\w+)?");
    private static final Pattern ADD_COLUMN =
            Pattern.compile("ALTER TABLE " + NAME + " ADD (?:COLUMN )?(?:\\((.*)\\)|([^(].*))");
    private static final Pattern DROP_COLUMN =
            Pattern.compile("ALTER TABLE " + NAME + " DROP (?:COLUMN )?\\(?(\\w+)\\)?");
    private static final Pattern FIRST_VERSION =
            Pattern.compile("INSERT INTO ofVersion \\(name, version\\) VALUES \\('unifiedrouting', (\\d+)\\)");
    private static final Pattern NEXT_VERSION =
            Pattern.compile("UPDATE ofVersion SET version = (\\d+) WHERE name = 'unifiedrouting'");
    private static final Pattern ROWS = Pattern.compile("(UPDATE|INSERT INTO|DELETE FROM) ofUnified.*");

    private final Map<String, Table> tables = new TreeMap<>();
    private int version;

    /**
     * @throws IllegalArgumentException if there is a statement that is not understood
     */
    Schema run(List<String> statements) {
        statements.forEach(statement -> run(statement.replaceAll("\\s+", " ").trim()));
        return this;
    }

    private void run(String statement) {
        Matcher match;
        if ((match = CREATE_TABLE.matcher(statement)).matches()) {
            tables.put(match.group(1), table(match.group(1), match.group(2)));
        } else if ((match = DROP_TABLE.matcher(statement)).matches()) {
            tables.remove(match.group(1));
        } else if ((match = CREATE_INDEX.matcher(statement)).matches()) {
            table(match.group(3)).add(match.group(2), new Table.Index(match.group(1) != null, names(match.group(4))));
        } else if ((match = DROP_INDEX.matcher(statement)).matches()) {
            String index = match.group(1);
            if (tables.values().stream().noneMatch(table -> table.dropIndex(index))) {
                throw new IllegalArgumentException("There is no index " + index);
            }
        } else if ((match = DROP_COLUMN.matcher(statement)).matches()) {
            table(match.group(1)).dropColumn(match.group(2));
        } else if ((match = ADD_COLUMN.matcher(statement)).matches()) {
            table(match.group(1)).add(Column.parse(match.group(2) != null ? match.group(2) : match.group(3)));
        } else if ((match = FIRST_VERSION.matcher(statement)).matches()
                || (match = NEXT_VERSION.matcher(statement)).matches()) {
            version = Integer.parseInt(match.group(1));
        } else if (!ROWS.matcher(statement).matches()) {
            throw new IllegalArgumentException("Not understood: " + statement);
        }
    }

    private Table table(String name) {
        Table table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException("There is no table " + name);
        }
        return table;
    }

    private static Table table(String name, String body) {
        Table table = new Table(name);
        for (String item : items(body)) {
            Matcher key = KEY.matcher(item);
            if (key.matches()) {
                table.setKey(key.group(1), names(key.group(2)));
            } else {
                table.add(Column.parse(item));
            }
        }
        return table;
    }

    /** Splits at the commas that are in no brackets. */
    private static List<String> items(String body) {
        List<String> items = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < body.length(); i++) {
            char c = body.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                items.add(body.substring(start, i).trim());
                start = i + 1;
            }
        }
        items.add(body.substring(start).trim());
        return items;
    }

    private static List<String> names(String list) {
        return Arrays.stream(list.split(",")).map(String::trim).toList();
    }

    /** By name. */
    Map<String, Table> tables() {
        return tables;
    }

    /** What stands in Openfire's table of versions; 0 if nothing does. */
    int version() {
        return version;
    }
}
