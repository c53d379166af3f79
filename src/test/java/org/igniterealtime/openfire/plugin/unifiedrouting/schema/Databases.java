package org.igniterealtime.openfire.plugin.unifiedrouting.schema;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/** The databases for which there are scripts: those that the plugin has a dialect for. */
final class Databases {

    /** As in the names of the scripts. */
    static final List<String> ALL = Arrays.stream(SqlDialect.values())
            .map(dialect -> dialect.name().toLowerCase(Locale.ROOT))
            .toList();

    /** Where the scripts are. */
    static final Path SCRIPTS = Path.of("src/main/database");

    private Databases() {}

    static String fileName(String database) {
        return "unifiedrouting_" + database + ".sql";
    }
}
