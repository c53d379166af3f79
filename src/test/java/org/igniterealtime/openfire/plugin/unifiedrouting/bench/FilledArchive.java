package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.RandomMids;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.xmpp.packet.JID;

/** One account's archive of a given size: one message a second, with 100 peers and a rare one. */
final class FilledArchive implements PageSource, AutoCloseable {

    static final JID RARE_PEER = new JID("rare", "example.org", null);

    /** Messages with the rare peer: more than a page. */
    static final int RARE = 60;

    private static final int PEERS = 100;
    private static final int BATCH = 50; // all messages of a batch get the same time
    private static final Instant FIRST = Instant.parse("2020-01-01T00:00:00Z");

    private final BenchDatabase database;
    private final ArchiveStore store;
    private final String owner;
    private final int rows;
    private final List<Mid> someMids = new ArrayList<>();
    private final RandomMids mids = new RandomMids(new SecureRandom());
    private double fillSeconds;

    private FilledArchive(BenchDatabase database, String owner, int rows) {
        this.database = database;
        this.store = database.store();
        this.owner = owner;
        this.rows = rows;
    }

    /** Alone in a database of its own. */
    static FilledArchive create(TestDatabase kind, int rows) throws IOException, SQLException {
        BenchDatabase database = BenchDatabase.create(kind);
        try {
            database.prepareBulkLoad(rows);
            FilledArchive archive = in(database, "owner", rows);
            database.endBulkLoad();
            return archive;
        } catch (RuntimeException | SQLException e) {
            database.close();
            throw e;
        }
    }

    /** In a database that is prepared for that, with others. */
    static FilledArchive in(BenchDatabase database, String owner, int rows) {
        FilledArchive archive = new FilledArchive(database, owner, rows);
        archive.fill();
        return archive;
    }

    private void fill() {
        long start = System.nanoTime();
        int everyRare = rows / RARE;
        for (int i = 0; i < rows; i += BATCH) {
            List<NewEntry> batch = new ArrayList<>(BATCH);
            for (int row = i; row < Math.min(rows, i + BATCH); row++) {
                JID peer = row % everyRare == 0 ? RARE_PEER : new JID("peer" + row % PEERS, "example.org", "phone");
                Mid mid = mids.get();
                batch.add(
                        new NewEntry(owner, mid, Direction.RECEIVED, peer, FIRST.plusSeconds(row), stanza(peer, row)));
                if (row % Math.max(1, rows / 1_000) == 0 && row < rows - 2 * PageCase.SIZE) {
                    someMids.add(mid);
                }
            }
            store.append(batch);
        }
        fillSeconds = (System.nanoTime() - start) / 1e9;
    }

    private String stanza(JID peer, int row) {
        return "<message xmlns=\"jabber:client\" type=\"chat\" from=\"" + peer + "\" to=\"" + owner
                + "@example.org\" id=\"bench-" + row + "\"><body>The train is late again, I will be there at ten past"
                + " six or so.</body><origin-id xmlns=\"urn:xmpp:sid:0\" id=\"bench-" + row
                + "\"/><request xmlns=\"urn:xmpp:receipts\"/><markable xmlns=\"urn:xmpp:chat-markers:0\"/></message>";
    }

    String owner() {
        return owner;
    }

    @Override
    public int read(ArchiveQuery query) {
        return store.page(query).map(found -> found.messages().size()).orElse(0);
    }

    double fillSeconds() {
        return fillSeconds;
    }

    /** One that at least a page follows, anywhere. */
    Mid someMid(Random random) {
        return someMids.get(random.nextInt(someMids.size()));
    }

    /** The same as a time. */
    Instant someTime(Random random) {
        return FIRST.plusSeconds(random.nextInt(rows - 2 * PageCase.SIZE));
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
