package org.igniterealtime.openfire.testserver;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.igniterealtime.openfire.testserver.boot.ServerMain;
import org.igniterealtime.openfire.testserver.boot.ServerSettings;

/** The home of an Openfire from Maven Central's jars, made from the template in the test resources. */
final class EmbeddedHome implements ServerHome {
    private static final Path CONFIGURATION = Path.of("conf/openfire.xml");
    private static final String STORE_PASSWORD = "changeit"; // Openfire's default

    private final Path directory;
    private final ServerOptions options;
    private final DatabaseAccess database;

    EmbeddedHome(Path directory, ServerOptions options, DatabaseAccess database) {
        this.directory = directory;
        this.options = options;
        this.database = database;
    }

    @Override
    public void prepare() throws IOException {
        FileTree.copy(template(), directory);
        FileTree.delete(ServerHome.bootDirectory(directory));
        BuildOutput.copyBootClasses(ServerHome.bootDirectory(directory), true);
        appendRows(CommonProperties.of(options, options.xmppPort()));
        writeEmptyStore("keystore");
        writeEmptyStore("truststore");
        if (options.pluginJar().isPresent()) {
            ServerHome.installPlugin(directory, options.pluginJar().get());
        }
    }

    private static Path template() {
        return BuildOutput.resource("testserver/home");
    }

    /** Accounts and properties are in the database from the first moment: the server runs them with its schema. */
    private void appendRows(Map<String, String> properties) throws IOException {
        List<String> rows = new ArrayList<>();
        properties.forEach((name, value) -> rows.add(SqlText.property(name, value)));
        options.accounts().forEach((user, password) -> rows.add(SqlText.account(user, password)));
        if (options.adminPort() >= 0 && !options.accounts().containsKey("admin")) {
            rows.add(SqlText.account("admin", SqlText.randomPassword()));
        }
        try (var scripts = Files.newDirectoryStream(directory.resolve("resources/database"), "*.sql")) {
            for (Path script : scripts) {
                Files.writeString(script, Files.readString(script) + String.join("\n", rows) + "\n");
            }
        }
    }

    /** Openfire warns about a missing store; an empty one is what a server without TLS has. */
    private void writeEmptyStore(String name) throws IOException {
        Path security = Files.createDirectories(directory.resolve("resources/security"));
        try (OutputStream out = Files.newOutputStream(security.resolve(name))) {
            KeyStore store = KeyStore.getInstance("JKS");
            store.load(null, null);
            store.store(out, STORE_PASSWORD.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public List<String> command(int xmppPort, int adminPort) throws IOException {
        String configuration = Files.readString(template().resolve(CONFIGURATION));
        Files.writeString(
                directory.resolve(CONFIGURATION), configuration.replace("@admin.port@", Integer.toString(adminPort)));
        new ServerSettings(url(), database.user(), database.password(), CommonProperties.of(options, xmppPort))
                .write(directory);
        List<String> classPath = new ArrayList<>();
        classPath.add(ServerHome.bootDirectory(directory).toAbsolutePath().toString());
        classPath.addAll(BuildOutput.serverClassPath());
        List<String> command = ServerHome.java(directory, options.jvmOptions());
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), ServerMain.class.getName()));
        return command;
    }

    /** COMPAT(4.2): takes a database that calls itself MariaDB for DB2. The driver can say MySQL. */
    private String url() {
        return database.url().startsWith("jdbc:mariadb:") ? database.url() + "?useMysqlMetadata=true" : database.url();
    }

    @Override
    public boolean reportsPort() {
        return true;
    }
}
