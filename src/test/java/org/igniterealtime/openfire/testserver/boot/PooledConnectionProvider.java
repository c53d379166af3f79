package org.igniterealtime.openfire.testserver.boot;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jivesoftware.database.ConnectionProvider;

/**
 * The server's way to its database, on a driver of today. Openfire 4.2's own providers sit on Proxool, whose byte code
 * generator does not run on Java 17.
 */
public final class PooledConnectionProvider implements ConnectionProvider {

    /** A system property of the server: whether HSQLDB syncs each commit without being told to by anybody else. */
    public static final String DURABLE = "testserver.hsqldb.durable";

    private final Statements statements = new Statements();
    private ConnectionPool pool;
    private String url;

    @Override
    public boolean isPooled() {
        return true;
    }

    @Override
    public void start() {
        ServerSettings settings = ServerSettings.read(Path.of(System.getProperty("openfireHome")));
        url = settings.url();
        pool = new ConnectionPool(url, settings.user(), settings.password());
        statements.register();
        if (isEmbedded() && Boolean.getBoolean(DURABLE)) {
            execute("SET FILES WRITE DELAY FALSE");
        }
    }

    private boolean isEmbedded() {
        return url.startsWith("jdbc:hsqldb:");
    }

    private void execute(String sql) {
        try (Connection connection = pool.take();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            System.out.println("HSQLDB refused " + sql + ": " + e);
        }
    }

    @Override
    public void restart() {
        destroy();
        start();
    }

    @Override
    public Connection getConnection() throws SQLException {
        return statements.watch(pool.take());
    }

    /** An embedded database is shut down with the server, as Openfire's own provider does. */
    @Override
    public void destroy() {
        if (isEmbedded()) {
            execute("SHUTDOWN");
        }
        pool.close();
    }
}
