package org.igniterealtime.openfire.plugin.unifiedrouting.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first test is about the scripts as they are; the others show that it would fail when it has to. */
class UpgradePathTest {

    private static final Path RELEASED = Path.of("src/test/resources/schema/released");

    private Path scripts;
    private Path released;

    @BeforeEach
    void twoVersions(@TempDir Path directory) throws IOException {
        scripts = Files.createDirectory(directory.resolve("scripts"));
        released = Files.createDirectory(directory.resolve("released"));
        for (String database : Databases.ALL) {
            String first = Files.readString(Databases.SCRIPTS.resolve(Databases.fileName(database)))
                    .replaceFirst("'unifiedrouting', \\d+", "'unifiedrouting', 1");
            write(released.resolve("1"), database, first);
            write(scripts, database, withNewColumn(first).replace("'unifiedrouting', 1", "'unifiedrouting', 2"));
            write(
                    scripts.resolve("upgrade/2"),
                    database,
                    upgrade("ALTER TABLE ofUnifiedMailbox ADD " + newColumn(first) + " DEFAULT 0 NOT NULL;"));
        }
    }

    @Test
    void everyReleasedVersionBecomesTheNewest() throws IOException {
        Matcher version = Pattern.compile("<databaseVersion>(\\d+)</databaseVersion>")
                .matcher(Files.readString(Path.of("plugin.xml")));
        assertThat(version.find()).isTrue();
        assertThat(new UpgradePath(Databases.SCRIPTS, RELEASED, Integer.parseInt(version.group(1))).problems())
                .isEmpty();
    }

    @Test
    void anUpgradeThatMakesTheNewestVersionIsRight() {
        assertThat(problems(2)).isEmpty();
    }

    @Test
    void raisingTheVersionTakesAScriptForEachDatabase() {
        assertThat(new UpgradePath(Databases.SCRIPTS, RELEASED, 9).problems())
                .hasSizeGreaterThanOrEqualTo(Databases.ALL.size())
                .anyMatch(problem -> problem.contains("plugin.xml asks for 9"))
                .anyMatch(problem -> problem.endsWith("upgrade/9/unifiedrouting_firebird.sql"));
    }

    @Test
    void oneForgottenDatabaseIsNamed() throws IOException {
        Files.delete(scripts.resolve("upgrade/2/unifiedrouting_oracle.sql"));
        assertThat(problems(2)).singleElement().asString().endsWith("upgrade/2/unifiedrouting_oracle.sql");
    }

    @Test
    void anUpgradeThatForgetsSomethingIsFound() throws IOException {
        for (UnaryOperator<String> mistake : List.<UnaryOperator<String>>of(
                text -> text.replaceFirst("ALTER TABLE .*\n", ""),
                text -> text.replace(" NOT NULL", ""),
                text -> text.replace("pinned", "pined"),
                text -> text.replace("version = 2", "version = 3"),
                text -> text.replaceFirst("UPDATE .*\n", ""),
                text -> text + "CREATE INDEX another ON ofUnifiedArchive (mid);\n",
                text -> text + "ALTER TABLE ofUnifiedArchive RENAME stanza TO xml;\n")) {
            Path upgrade = scripts.resolve("upgrade/2/unifiedrouting_db2.sql");
            String right = Files.readString(upgrade);
            Files.writeString(upgrade, mistake.apply(right));
            assertThat(problems(2)).singleElement().asString().startsWith("db2: ");
            Files.writeString(upgrade, right);
        }
    }

    @Test
    void whatWasReleasedDoesNotChangeUnlessTheVersionDoes() throws IOException {
        String changed = Files.readString(scripts.resolve("unifiedrouting_mysql.sql"));
        write(released.resolve("2"), "mysql", changed.replace("pinned", "flagged"));
        assertThat(problems(2)).singleElement().asString().startsWith("mysql: from version 2");
    }

    @Test
    void anUpgradeForAVersionToComeIsFound() {
        assertThat(problems(1)).contains("upgrade/2 is for a version that there is not");
    }

    private List<String> problems(int version) {
        return new UpgradePath(scripts, released, version).problems();
    }

    /** Of the type that the script's database has for a flag. */
    private static String newColumn(String script) {
        Matcher flag = Pattern.compile("\n *archived +(\\S+)").matcher(script);
        assertThat(flag.find()).isTrue();
        return "pinned " + flag.group(1);
    }

    private static String withNewColumn(String script) {
        return script.replaceFirst("\n( *lastSeq )", "\n    " + newColumn(script) + " DEFAULT 0 NOT NULL,\n$1");
    }

    private static String upgrade(String change) {
        return change + "\nUPDATE ofVersion SET version = 2 WHERE name = 'unifiedrouting';\n";
    }

    private static void write(Path folder, String database, String script) throws IOException {
        Files.writeString(Files.createDirectories(folder).resolve(Databases.fileName(database)), script);
    }
}
