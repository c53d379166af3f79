package org.igniterealtime.openfire.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Keeps what the server logged during a failed test. */
final class FailureLog {
    private static final int PRINTED_LINES = 40;
    private static final Pattern INVOCATION = Pattern.compile("invocation:#(\\d+)");

    private FailureLog() {}

    /** Writes the lines to {@code target/server-logs} and the last ones to standard output. */
    static void write(ExtensionContext test, String lines) {
        try {
            Path directory = Files.createDirectories(BuildOutput.directory().resolve("server-logs"));
            Path file = directory.resolve(name(test) + ".log");
            Files.writeString(file, lines);
            System.out.println("Server log of the failed test, all of it in " + file + ":");
            ServerLog.lastLines(lines, PRINTED_LINES).forEach(line -> System.out.println("    " + line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Class and method; for a repeated or parameterized test also which invocation. */
    private static String name(ExtensionContext test) {
        Matcher invocation = INVOCATION.matcher(test.getUniqueId());
        return test.getRequiredTestClass().getName().replaceFirst(".*\\.", "")
                + "." + test.getRequiredTestMethod().getName()
                + (invocation.find() ? "-" + invocation.group(1) : "");
    }
}
