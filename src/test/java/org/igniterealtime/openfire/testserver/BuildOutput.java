package org.igniterealtime.openfire.testserver;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What the build left in {@code target} for a server: its class path, the classes that boot it, files to start with. */
final class BuildOutput {
    private static final Path TEST_CLASSES = testClasses();

    private BuildOutput() {}

    private static Path testClasses() {
        try {
            return Path.of(BuildOutput.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The build directory, {@code target}. */
    static Path directory() {
        return TEST_CLASSES.getParent();
    }

    /** A folder of the test resources. */
    static Path resource(String path) {
        return TEST_CLASSES.resolve(path);
    }

    /** The jars of the server from Maven Central: the build writes the list, see {@code server-classpath} in the pom. */
    static List<String> serverClassPath() {
        try {
            String jars = Files.readString(directory().resolve("server-classpath.txt"));
            return Arrays.asList(jars.strip().split(File.pathSeparator));
        } catch (IOException e) {
            throw new UncheckedIOException("Run mvn generate-test-resources first", e);
        }
    }

    /**
     * Copies what a server process needs of the test classes, and no more: plugin class loaders ask their parent first, so
     * any class of the plugin or its tests on the server's class path would hide the one in the plugin's jar.
     *
     * @param marker whether with the class that makes Openfire stop cleanly, which an installed one has itself
     */
    static void copyBootClasses(Path target, boolean marker) throws IOException {
        String boot = BuildOutput.class.getPackageName().replace('.', '/') + "/boot";
        FileTree.copy(TEST_CLASSES.resolve(boot), target.resolve(boot));
        FileTree.copy(resource("testserver/boot"), target);
        if (marker) {
            String starter = "org/jivesoftware/openfire/starter";
            FileTree.copy(TEST_CLASSES.resolve(starter), target.resolve(starter));
        }
    }
}
