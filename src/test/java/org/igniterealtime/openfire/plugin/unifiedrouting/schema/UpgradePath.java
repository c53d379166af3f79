package org.igniterealtime.openfire.plugin.unifiedrouting.schema;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether every version that was released becomes, by the upgrades after it, what a new installation gets at once.
 *
 * @param scripts the scripts, with {@code upgrade/<n>/} under them
 * @param released a folder {@code <n>} for each released version, with the scripts as they were
 * @param version what {@code plugin.xml} asks for
 */
record UpgradePath(Path scripts, Path released, int version) {

    /** What is wrong, in words; empty = nothing. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (int folder : numbers(scripts.resolve("upgrade"))) {
            if (folder < 2 || folder > version) {
                problems.add("upgrade/" + folder + " is for a version that there is not");
            }
        }
        for (String database : Databases.ALL) {
            try {
                check(database, problems);
            } catch (IllegalArgumentException e) {
                problems.add(database + ": " + e.getMessage());
            }
        }
        return problems;
    }

    private void check(String database, List<String> problems) {
        Path base = scripts.resolve(Databases.fileName(database));
        if (isMissing(base, problems)) {
            return;
        }
        Schema wanted = new Schema().run(OpenfireScript.statements(base));
        if (wanted.version() != version) {
            problems.add(database + ": makes version " + wanted.version() + ", plugin.xml asks for " + version);
        }
        for (int from = 1; from < version; from++) {
            Path old = released.resolve(from + "/" + Databases.fileName(database));
            Path upgrade = scripts.resolve("upgrade/" + (from + 1) + "/" + Databases.fileName(database));
            boolean missing = isMissing(old, problems);
            if (!isMissing(upgrade, problems) && !missing) {
                compare(database, from, old, wanted, problems);
            }
        }
        Path current = released.resolve(version + "/" + Databases.fileName(database));
        if (Files.exists(current)) {
            compare(database, version, current, wanted, problems);
        }
    }

    private void compare(String database, int from, Path old, Schema wanted, List<String> problems) {
        Schema schema = new Schema().run(OpenfireScript.statements(old));
        for (int next = from + 1; next <= version; next++) {
            Path upgrade = scripts.resolve("upgrade/" + next + "/" + Databases.fileName(database));
            if (Files.notExists(upgrade)) {
                return; // is said where that upgrade is looked at
            }
            schema.run(OpenfireScript.statements(upgrade));
            if (schema.version() != next) {
                problems.add(database + ": upgrade/" + next + " leaves version " + schema.version());
            }
        }
        if (!schema.tables().equals(wanted.tables())) {
            problems.add(database + ": from version " + from + " one gets\n" + schema.tables() + "\ninstead of\n"
                    + wanted.tables());
        }
    }

    private static boolean isMissing(Path file, List<String> problems) {
        boolean missing = Files.notExists(file);
        if (missing) {
            problems.add("There is no " + file);
        }
        return missing;
    }

    private static List<Integer> numbers(Path folder) {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> Integer.valueOf(child.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
