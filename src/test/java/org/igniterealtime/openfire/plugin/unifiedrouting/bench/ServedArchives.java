package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.TestDatabase;

/** A server with a small and a large archive, and the clients of their owners. */
final class ServedArchives implements AutoCloseable {

    private static final String SMALL = "small";
    private static final String LARGE = "large";

    private final BenchServer server;
    private FilledArchive small;
    private FilledArchive large;
    private WireReader ofSmall;
    private WireReader ofLarge;

    private ServedArchives(BenchServer server) {
        this.server = server;
    }

    static ServedArchives create(TestDatabase kind, int fewRows, int manyRows) throws IOException, SQLException {
        ServerOptions options = BenchServer.pluginOptions(kind, 0)
                .withAccount(SMALL, ServerOptions.PASSWORD)
                .withAccount(LARGE, ServerOptions.PASSWORD);
        ServedArchives archives = new ServedArchives(BenchServer.start(options));
        try {
            archives.fill(fewRows, manyRows);
            return archives;
        } catch (IOException | SQLException | RuntimeException e) {
            archives.close();
            throw e;
        }
    }

    private void fill(int fewRows, int manyRows) throws IOException, SQLException {
        OpenfireServer openfire = server.openfire();
        openfire.stop();
        try (BenchDatabase database = BenchDatabase.of(openfire)) {
            database.prepareBulkLoad(manyRows);
            small = FilledArchive.in(database, SMALL, fewRows);
            large = FilledArchive.in(database, LARGE, manyRows);
            database.endBulkLoad();
        }
        openfire.startAgain();
        ofSmall = new WireReader(LightClient.bind(openfire, SMALL));
        ofLarge = new WireReader(LightClient.bind(openfire, LARGE));
    }

    /** The small one, then the large one. */
    List<FilledArchive> archives() {
        return List.of(small, large);
    }

    /** Who reads the small one, then who reads the large one. */
    List<PageSource> readers() {
        return List.of(ofSmall, ofLarge);
    }

    @Override
    public void close() throws IOException {
        try {
            if (ofSmall != null) {
                ofSmall.close();
            }
            if (ofLarge != null) {
                ofLarge.close();
            }
        } finally {
            server.close();
        }
    }
}
