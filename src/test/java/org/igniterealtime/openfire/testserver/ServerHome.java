package org.igniterealtime.openfire.testserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A home directory from which a server can be started any number of times. */
sealed interface ServerHome permits EmbeddedHome, InstalledHome {
    /** Makes the directory ready, once; what a database in it holds stays. */
    void prepare() throws IOException;

    /**
     * Writes what one start needs and returns its command line.
     *
     * @param xmppPort 0 if the server is to take a free one and say which
     * @param adminPort -1 for none
     */
    List<String> command(int xmppPort, int adminPort) throws IOException;

    /** Whether the server says which client port it took; if not it must be given one. */
    boolean reportsPort();

    /** Where the classes and log settings for the server process are. */
    static Path bootDirectory(Path home) {
        return home.resolve("boot");
    }

    /** Puts the plugin in place of one that may be there. Its unpacked folder goes, so that Openfire unpacks the new one. */
    static void installPlugin(Path home, Path jar) throws IOException {
        Path plugins = Files.createDirectories(home.resolve("plugins"));
        String name = jar.getFileName().toString();
        FileTree.delete(plugins.resolve(name.replaceFirst("\\.jar$", "")));
        Files.copy(jar, plugins.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The start of a command line: this JVM's java, encoded the same everywhere. */
    static List<String> java(Path home, List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-DopenfireHome=" + home.toAbsolutePath(),
                "-Dfile.encoding=UTF-8",
                "-Dstdout.encoding=UTF-8",
                "-Djava.awt.headless=true"));
        command.addAll(jvmOptions);
        return command;
    }
}
