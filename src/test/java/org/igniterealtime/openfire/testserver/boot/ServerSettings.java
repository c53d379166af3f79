package org.igniterealtime.openfire.testserver.boot;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What the process that starts a server tells it, in the file {@value #FILE} of the home: where the database is, and the
 * Openfire properties that hold from this start on, whatever the database says.
 *
 * @param url JDBC URL
 * @param user database user
 * @param password of that user, may be empty
 * @param properties Openfire properties by name
 */
public record ServerSettings(String url, String user, String password, Map<String, String> properties) {
    /** Path of the file in the home. */
    public static final String FILE = "conf/testserver.properties";

    private static final String PROPERTY = "property.";

    /** Sorted, so that the file reads well. */
    public ServerSettings {
        properties = new TreeMap<>(properties);
    }

    /**
     * Reads the file.
     *
     * @throws UncheckedIOException if it is not there or not readable
     */
    static ServerSettings read(Path home) {
        Properties file = new Properties();
        try (Reader in = Files.newBufferedReader(home.resolve(FILE))) {
            file.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> properties = new TreeMap<>();
        file.stringPropertyNames().stream()
                .filter(key -> key.startsWith(PROPERTY))
                .forEach(key -> properties.put(key.substring(PROPERTY.length()), file.getProperty(key)));
        return new ServerSettings(
                file.getProperty("db.url"), file.getProperty("db.user"), file.getProperty("db.password"), properties);
    }

    /**
     * Writes the file.
     *
     * @throws IOException if that fails
     */
    public void write(Path home) throws IOException {
        Properties file = new Properties();
        file.setProperty("db.url", url);
        file.setProperty("db.user", user);
        file.setProperty("db.password", password);
        properties.forEach((name, value) -> file.setProperty(PROPERTY + name, value));
        try (var out = Files.newBufferedWriter(home.resolve(FILE))) {
            file.store(out, "Written at each start");
        }
    }
}
