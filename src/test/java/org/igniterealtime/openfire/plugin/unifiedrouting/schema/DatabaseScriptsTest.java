package org.igniterealtime.openfire.plugin.unifiedrouting.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jivesoftware.database.SchemaManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The scripts of all databases make the same tables, and what they make fits each database. HSQLDB, PostgreSQL and
 * MariaDB are run elsewhere; the others cannot be had here, so their limits are checked by counting.
 */
class DatabaseScriptsTest {

    static final List<String> DATABASES = Databases.ALL;

    /** Oracle before 12.2; Firebird before 4 has one more. */
    private static final int LONGEST_NAME = 30;

    private static final int LONG_BYTES = 8;
    private static final int UTF8_BYTES = 4;

    /** A quarter of Firebird's smallest page; SQL Server, DB2 and MySQL allow as much or take fewer bytes for it. */
    private static final int LONGEST_KEY = 1024;

    /** DB2, page of 4 KB. */
    private static final int LONGEST_DB2_ROW = 4005;

    /** DB2's reference to a CLOB(64M), which stands in the row. */
    private static final int DB2_CLOB_BYTES = 200;

    private static final int LONGEST_MYSQL_ROW = 65_535;

    @Test
    void everyDatabaseHasItsScriptAndThereIsNoOther() throws IOException {
        try (Stream<Path> files = Files.list(Databases.SCRIPTS)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            DATABASES.stream().map(Databases::fileName).toList());
        }
    }

    @ParameterizedTest
    @FieldSource("DATABASES")
    void theTablesAreThoseOfHsqldb(String database) {
        Map<String, Table> expected = schema("hsqldb").tables();
        assertThat(expected)
                .containsKeys("ofUnifiedArchive", "ofUnifiedOffline", "ofUnifiedMailbox", "ofUnifiedPreference");
        assertThat(expected.get("ofUnifiedArchive").keys()).hasSize(3);
        assertThat(expected.get("ofUnifiedOffline").keys()).hasSize(3);
        assertThat(schema(database).tables()).isEqualTo(expected);
    }

    /** Openfire runs a script again whose version it does not find, and stops at the first error. */
    @ParameterizedTest
    @FieldSource("DATABASES")
    void theVersionIsWrittenLast(String database) {
        List<String> statements = statements(database);
        assertThat(statements).last().asString().startsWith("INSERT INTO ofVersion ");
        assertThat(statements.subList(0, statements.size() - 1))
                .allMatch(statement -> statement.startsWith("CREATE "))
                .noneMatch(statement -> statement.contains(";"));
    }

    @ParameterizedTest
    @FieldSource("DATABASES")
    void openfireRunsTheStatementsThatAreReadHere(String database) throws Exception {
        byte[] script = Files.readAllBytes(script(database));
        assertThat(executedByOpenfire(script)).isEqualTo(statements(database));
        assertThat(new String(script, StandardCharsets.UTF_8)).endsWith(";\n").isASCII();
    }

    @Test
    void oddScriptsAreReadAsOpenfireReadsThem(@TempDir Path directory) throws Exception {
        byte[] script = String.join(
                        "\n",
                        "-- about a",
                        "CREATE a (",
                        "",
                        "  # no column",
                        "  b ); ",
                        "INSERT INTO a VALUES ('x;",
                        "y');  c;",
                        "-- a comment;",
                        "REMOVE d;",
                        "DELETE",
                        "// ends it;",
                        "FROM a;",
                        "never run")
                .getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(directory.resolve("odd.sql"), script);
        assertThat(executedByOpenfire(script)).isEqualTo(OpenfireScript.statements(file));
    }

    /** COMPAT(4.2): the method is private; 5.1 has the same one. */
    private static List<String> executedByOpenfire(byte[] script) throws Exception {
        List<String> executed = new ArrayList<>();
        Statement statement = (Statement) Proxy.newProxyInstance(
                Statement.class.getClassLoader(), new Class<?>[] {Statement.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("execute")) {
                        executed.add(arguments[0].toString().strip().replaceFirst(";$", ""));
                        return false;
                    }
                    return null;
                });
        Connection connection = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> method.getName().equals("createStatement") ? statement : null);
        Method execute = SchemaManager.class.getDeclaredMethod(
                "executeSQLScript", Connection.class, InputStream.class, Boolean.class);
        execute.setAccessible(true);
        execute.invoke(null, connection, new ByteArrayInputStream(script), true);
        return executed;
    }

    @ParameterizedTest
    @FieldSource("DATABASES")
    void namesAreShortAndReservedNowhere(String database) throws IOException {
        Set<String> reserved = new HashSet<>();
        for (String line : Files.readAllLines(Path.of("src/test/resources/schema/reserved-words.txt"))) {
            if (!line.startsWith("#")) {
                reserved.addAll(List.of(line.split(" ")));
            }
        }
        assertThat(reserved).contains("POSITION", "ROWS", "SELECT", "NUMBER");
        Set<String> indexes = new HashSet<>();
        schema(database).tables().values().forEach(table -> {
            assertThat(table.names())
                    .allMatch(name -> name.length() <= LONGEST_NAME)
                    .noneMatch(name -> reserved.contains(name.toUpperCase(Locale.ROOT)));
            assertThat(table.names()).filteredOn(name -> name.startsWith("of")).allMatch(indexes::add, "is there once");
        });
    }

    /** Romeo is not romeo: in an index that takes them for one, a message would be a duplicate of another. */
    @ParameterizedTest
    @FieldSource("DATABASES")
    void textIsUnicodeAndComparedByItsCharacters(String database) {
        String tables = String.join("\n", statements(database));
        long texts = schema(database).tables().values().stream()
                .flatMap(table -> table.columns().stream())
                .filter(column -> column.type() == Column.Type.TEXT || column.type() == Column.Type.LONG_TEXT)
                .count();
        switch (database) {
            case "mysql", "mariadb" ->
                assertThat(statements(database))
                        .filteredOn(statement -> statement.startsWith("CREATE TABLE"))
                        .allMatch(statement ->
                                statement.endsWith(") ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"));
            case "sqlserver" ->
                assertThat(count(tables, " NVARCHAR\\(\\w+\\) COLLATE Latin1_General_BIN2"))
                        .isEqualTo(texts);
            case "firebird" ->
                assertThat(count(tables, " (VARCHAR\\(\\d+\\)|BLOB SUB_TYPE TEXT) CHARACTER SET UTF8"))
                        .isEqualTo(texts);
            case "oracle" ->
                assertThat(count(tables, " (VARCHAR2\\(\\d+ CHAR\\)|CLOB)")).isEqualTo(texts);
            default -> assertThat(tables).doesNotContain("COLLATE", "CHARACTER SET");
        }
    }

    private static long count(String text, String pattern) {
        return java.util.regex.Pattern.compile(pattern).matcher(text).results().count();
    }

    @ParameterizedTest
    @FieldSource("DATABASES")
    void keysFitInTheSmallestIndexPages(String database) {
        for (Table table : schema(database).tables().values()) {
            assertThat(table.keys()).allSatisfy(columns -> {
                int bytes =
                        columns.stream().mapToInt(DatabaseScriptsTest::keyBytes).sum();
                // Firebird stores five bytes for every four.
                assertThat(bytes * 5 / 4).isLessThanOrEqualTo(LONGEST_KEY);
            });
        }
    }

    private static int keyBytes(Column column) {
        return column.type() == Column.Type.TEXT ? UTF8_BYTES * column.length() : LONG_BYTES;
    }

    @Test
    void rowsFitInDb2AndMysql() {
        for (Table table : schema("db2").tables().values()) {
            int db2 = table.columns().stream()
                    .mapToInt(column -> switch (column.type()) {
                        case TEXT -> column.length() + 5;
                        case LONG_TEXT -> DB2_CLOB_BYTES + 5;
                        case SMALL, INTEGER, LONG -> LONG_BYTES + 1;
                    })
                    .sum();
            assertThat(db2).isLessThanOrEqualTo(LONGEST_DB2_ROW);
            int mysql = table.columns().stream()
                    .mapToInt(column -> keyBytes(column) + 3)
                    .sum();
            assertThat(mysql).isLessThanOrEqualTo(LONGEST_MYSQL_ROW);
        }
    }

    private static Schema schema(String database) {
        return new Schema().run(statements(database));
    }

    private static List<String> statements(String database) {
        return OpenfireScript.statements(script(database));
    }

    private static Path script(String database) {
        return Databases.SCRIPTS.resolve(Databases.fileName(database));
    }
}
