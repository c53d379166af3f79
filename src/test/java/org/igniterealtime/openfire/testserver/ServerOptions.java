package org.igniterealtime.openfire.testserver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What server to start. Immutable; begin with {@link #defaults()} and change what matters.
 *
 * @param database where the server stores, {@link TestDatabase#HSQLDB} by default
 * @param properties Openfire properties by name, on top of those that every server here has
 * @param accounts passwords by user name; alice, bob and carol with the password {@code secret} by default
 * @param domain XMPP domain, {@code localhost} by default
 * @param xmppPort client port on 127.0.0.1; 0 (default) for a free one
 * @param adminPort port of the admin pages on 127.0.0.1; -1 (default) for none, 0 for a free one
 * @param home the server's home directory; empty (default) for a new one under {@code target/openfire}
 * @param pluginJar the plugin; by default the value of the system property {@value #PLUGIN_JAR}, if any
 * @param openfireHome an installed Openfire to run a copy of; by default the value of the system property
 *     {@value #OPENFIRE_HOME}, if any; empty for the Openfire from Maven Central
 * @param jvmOptions further options of the server's JVM
 */
public record ServerOptions(
        TestDatabase database,
        Map<String, String> properties,
        Map<String, String> accounts,
        String domain,
        int xmppPort,
        int adminPort,
        Optional<Path> home,
        Optional<Path> pluginJar,
        Optional<Path> openfireHome,
        List<String> jvmOptions) {

    /** Password of the default accounts. */
    public static final String PASSWORD = "secret";

    /** System property: path of the plugin's jar. */
    public static final String PLUGIN_JAR = "unifiedrouting.jar";

    /** System property: path of an installed Openfire. */
    public static final String OPENFIRE_HOME = "openfire.home";

    /** Keeps the order of accounts and properties, for repeatable scripts. */
    public ServerOptions {
        properties = new LinkedHashMap<>(properties);
        accounts = new LinkedHashMap<>(accounts);
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** The defaults as documented at each component. */
    public static ServerOptions defaults() {
        Map<String, String> accounts = new LinkedHashMap<>();
        List.of("alice", "bob", "carol").forEach(user -> accounts.put(user, PASSWORD));
        return new ServerOptions(
                TestDatabase.HSQLDB,
                Map.of(),
                accounts,
                "localhost",
                0,
                -1,
                Optional.empty(),
                pathProperty(PLUGIN_JAR),
                pathProperty(OPENFIRE_HOME),
                List.of());
    }

    private static Optional<Path> pathProperty(String name) {
        return Optional.ofNullable(System.getProperty(name))
                .filter(value -> !value.isBlank())
                .map(Path::of);
    }

    /** Stores in that database. */
    public ServerOptions withDatabase(TestDatabase value) {
        return new ServerOptions(
                value, properties, accounts, domain, xmppPort, adminPort, home, pluginJar, openfireHome, jvmOptions);
    }

    /** Sets one Openfire property. */
    public ServerOptions withProperty(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(properties);
        more.put(name, value);
        return new ServerOptions(
                database, more, accounts, domain, xmppPort, adminPort, home, pluginJar, openfireHome, jvmOptions);
    }

    /** Adds an account, or changes its password. */
    public ServerOptions withAccount(String user, String password) {
        Map<String, String> more = new LinkedHashMap<>(accounts);
        more.put(user, password);
        return new ServerOptions(
                database, properties, more, domain, xmppPort, adminPort, home, pluginJar, openfireHome, jvmOptions);
    }

    /** Serves that XMPP domain. */
    public ServerOptions withDomain(String value) {
        return new ServerOptions(
                database, properties, accounts, value, xmppPort, adminPort, home, pluginJar, openfireHome, jvmOptions);
    }

    /** Listens for clients there; 0 for a free port. */
    public ServerOptions withXmppPort(int value) {
        return new ServerOptions(
                database, properties, accounts, domain, value, adminPort, home, pluginJar, openfireHome, jvmOptions);
    }

    /** Serves the admin pages there; -1 for none, 0 for a free port. */
    public ServerOptions withAdminPort(int value) {
        return new ServerOptions(
                database, properties, accounts, domain, xmppPort, value, home, pluginJar, openfireHome, jvmOptions);
    }

    /** Uses that home directory, with the database that may be in it. */
    public ServerOptions withHome(Path value) {
        return new ServerOptions(
                database,
                properties,
                accounts,
                domain,
                xmppPort,
                adminPort,
                Optional.of(value),
                pluginJar,
                openfireHome,
                jvmOptions);
    }

    /** Installs that plugin; empty for none. */
    public ServerOptions withPluginJar(Optional<Path> value) {
        return new ServerOptions(
                database, properties, accounts, domain, xmppPort, adminPort, home, value, openfireHome, jvmOptions);
    }

    /** Runs a copy of that installed Openfire; empty for the one from Maven Central. */
    public ServerOptions withOpenfireHome(Optional<Path> value) {
        return new ServerOptions(
                database, properties, accounts, domain, xmppPort, adminPort, home, pluginJar, value, jvmOptions);
    }

    /** Starts the server's JVM with one more option, such as {@code -Xmx1g}. */
    public ServerOptions withJvmOption(String value) {
        List<String> more = new ArrayList<>(jvmOptions);
        more.add(value);
        return new ServerOptions(
                database, properties, accounts, domain, xmppPort, adminPort, home, pluginJar, openfireHome, more);
    }
}
