package org.igniterealtime.openfire.testserver;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.dom4j.Document;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.igniterealtime.openfire.testserver.boot.InstalledServerMain;

/**
 * A copy of an installed Openfire, of any version that knows {@code autosetup} (4.2 and later). Its first start sets it up:
 * creates the schema, stores the properties, creates the accounts. Later starts need nothing, so ports stay the same.
 */
final class InstalledHome implements ServerHome {
    private final Path directory;
    private final ServerOptions options;
    private final DatabaseAccess database;
    private final Path installed;

    InstalledHome(Path directory, ServerOptions options, DatabaseAccess database) {
        this.directory = directory;
        this.options = options;
        this.database = database;
        this.installed = options.openfireHome().orElseThrow();
    }

    @Override
    public void prepare() throws IOException {
        for (String part : new String[] {"plugins", "resources", "conf"}) {
            FileTree.copy(installed.resolve(part), directory.resolve(part));
        }
        FileTree.link(installed.resolve("lib"), directory.resolve("lib"));
        BuildOutput.copyBootClasses(ServerHome.bootDirectory(directory), false);
        if (options.pluginJar().isPresent()) {
            ServerHome.installPlugin(directory, options.pluginJar().get());
        }
    }

    @Override
    public List<String> command(int xmppPort, int adminPort) throws IOException {
        if (Files.notExists(firstStartDone())) {
            Files.writeString(
                    directory.resolve("conf/openfire.xml"),
                    configuration(xmppPort, adminPort).asXML());
            Files.createFile(firstStartDone());
        }
        Path lib = directory.resolve("lib").toAbsolutePath();
        Path boot = ServerHome.bootDirectory(directory).toAbsolutePath();
        List<String> command = ServerHome.java(directory, options.jvmOptions());
        command.addAll(List.of(
                "-Dopenfire.lib.dir=" + lib,
                "-Dlog4j.configurationFile=" + boot.resolve("log4j2.xml"),
                "-Dlog4j2.formatMsgNoLookups=true",
                "-Djava.security.properties=" + directory.resolve("resources/security/java.security"),
                "-cp",
                lib.resolve("*") + File.pathSeparator + boot,
                InstalledServerMain.class.getName()));
        return command;
    }

    @Override
    public boolean reportsPort() {
        return false;
    }

    private Path firstStartDone() {
        return ServerHome.bootDirectory(directory).resolve("configured");
    }

    /** Properties outside of {@code autosetup} are moved to the database by the server. */
    private Document configuration(int xmppPort, int adminPort) {
        Document document = DocumentHelper.createDocument();
        Element root = document.addElement("jive");
        set(root, "network.interface", LoopbackPorts.HOST);
        set(root, "adminConsole.port", Integer.toString(adminPort));
        set(root, "adminConsole.securePort", "-1");
        Map<String, String> properties = CommonProperties.of(options, xmppPort);
        properties.remove("xmpp.domain"); // autosetup's business
        properties.remove("xmpp.fqdn");
        properties.forEach((name, value) -> set(root, name, value));
        set(root, "connectionProvider.className", provider());
        autosetup(root.addElement("autosetup"), properties.get("xmpp.auth.anonymous"));
        return document;
    }

    private String provider() {
        return "org.jivesoftware.database." + (embedded() ? "EmbeddedConnectionProvider" : "DefaultConnectionProvider");
    }

    private boolean embedded() {
        return options.database() == TestDatabase.HSQLDB;
    }

    private String driver() {
        return options.database() == TestDatabase.MARIADB ? "org.mariadb.jdbc.Driver" : "org.postgresql.Driver";
    }

    private void autosetup(Element autosetup, String anonymous) {
        set(autosetup, "run", "true");
        set(autosetup, "locale", "en");
        set(autosetup, "xmpp.auth.anonymous", anonymous);
        set(autosetup, "xmpp.domain", options.domain());
        set(autosetup, "xmpp.fqdn", "localhost");
        set(autosetup, "xmpp.socket.ssl.active", "false");
        set(autosetup, "database.mode", embedded() ? "embedded" : "standard");
        if (!embedded()) {
            set(autosetup, "database.defaultProvider.driver", driver());
            set(autosetup, "database.defaultProvider.serverURL", database.url());
            set(autosetup, "database.defaultProvider.username", database.user());
            set(autosetup, "database.defaultProvider.password", database.password());
        }
        set(autosetup, "admin.email", "admin@example.org");
        set(autosetup, "admin.password", options.accounts().getOrDefault("admin", SqlText.randomPassword()));
        int number = 1;
        for (Map.Entry<String, String> account : options.accounts().entrySet()) {
            if (!account.getKey().equals("admin")) { // the installed server's schema brings that one
                set(autosetup, "users.user" + number + ".username", account.getKey());
                set(autosetup, "users.user" + number++ + ".password", account.getValue());
            }
        }
    }

    private static void set(Element root, String name, String value) {
        Element element = root;
        for (String part : name.split("\\.")) {
            element = element.element(part) == null ? element.addElement(part) : element.element(part);
        }
        element.setText(value);
    }
}
