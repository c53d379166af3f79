package org.igniterealtime.openfire.plugin.unifiedrouting.schema;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A script as Openfire's SchemaManager reads it, in 4.2 as in 5.1. */
public final class OpenfireScript {

    /** A line that begins with one of these is a comment: {@code REM} too, whatever comes after it. */
    private static final List<String> COMMENTS = List.of("//", "--", "#", "REM", "/*", "*");

    private OpenfireScript() {}

    /**
     * The statements, without the semicolon that ends them. A statement ends with a line that ends with a semicolon, even
     * if that line is a comment; what comes after the last such line is never run.
     */
    public static List<String> statements(Path script) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        for (String line : lines(script)) {
            if (isCommandPart(line.trim())) {
                statement.append(' ').append(line);
            }
            if (line.trim().endsWith(";")) {
                if (!statement.isEmpty()) {
                    statements.add(statement.toString().strip().replaceFirst(";$", ""));
                }
                statement.setLength(0);
            }
        }
        return statements;
    }

    private static boolean isCommandPart(String line) {
        return !line.isEmpty() && COMMENTS.stream().noneMatch(line::startsWith);
    }

    private static List<String> lines(Path script) {
        try {
            return Files.readAllLines(script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
