package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.PastMessages;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.Handover;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.HandoverListener;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.HeldMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.HeldStanzas;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.HeldStanzas.Understood;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Handover} between the tables {@code ofOffline} and our own. Each transaction first takes rows out of one side and
 * looks how many they were: only what it has taken out itself it puts into the other side. Whoever else wants the same
 * rows, Openfire or another node, finds them gone, or has taken them, and the transaction is begun again without them.
 */
public final class JdbcHandover implements Handover {

    private static final Logger Log = LoggerFactory.getLogger(JdbcHandover.class);

    private static final int PAGE = 500;

    /** So that a page of long messages does not fill the heap. */
    private static final long PAGE_BYTES = 4 << 20;

    /** How often a slice is begun again without those that somebody else has taken. */
    private static final int ATTEMPTS = 10;

    private final Database database;
    private final OfflineStore store;
    private final PastMessages past;
    private final Changes changes;
    private final HeldStanzas stanzas;
    private final LongSupplier ids;
    private final HandoverListener listener;
    private final BooleanSupplier leaving;

    /**
     * @param dialect what the database speaks
     * @param ids gives ids for messages in Openfire's store; each is used once
     * @param leaving whether taking over is to end where it is
     */
    public JdbcHandover(
            Database database,
            SqlDialect dialect,
            HeldStanzas stanzas,
            LongSupplier ids,
            HandoverListener listener,
            BooleanSupplier leaving) {
        this.database = database;
        this.store = new JdbcOfflineStore(database, dialect);
        this.past = new PastMessages(dialect);
        this.changes = new Changes(dialect);
        this.stanzas = stanzas;
        this.ids = ids;
        this.listener = listener;
        this.leaving = leaving;
    }

    /** Somebody else has taken some of these rows. */
    private static final class TakenMeanwhile extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TakenMeanwhile() {
            super(null, null, false, false);
        }
    }

    @Override
    public List<String> owners() {
        return database.statement("Looking into Openfire's offline store", OpenfireTable::owners);
    }

    @Override
    public int takeOver(String owner) {
        List<OpenfireTable.Key> keys = database.statement(
                "Looking into Openfire's offline store", connection -> OpenfireTable.keys(connection, owner));
        if (keys.isEmpty()) {
            return 0;
        }
        past.prepare(database, owner);
        int moved = 0;
        int raced = 0;
        Slices<OpenfireTable.Key> slices = new Slices<>(keys, OpenfireTable.Key::characters);
        while (!slices.isAtEnd() && !leaving.getAsBoolean()) {
            List<OpenfireTable.Key> slice = slices.next();
            try {
                moved += takeOver(owner, slice);
                slices.done(slice);
                raced = 0;
            } catch (TakenMeanwhile e) {
                // What is left of it is read again.
                Log.debug("Somebody else takes messages of '{}' out of Openfire's offline store.", owner);
                if (++raced == ATTEMPTS) {
                    throw new StoreUnavailable("Messages of '" + owner + "' cannot be taken over", e);
                }
            } catch (StoreUnavailable e) {
                for (OpenfireTable.Key stays : slices.refused(slice, this::owners)) {
                    Log.warn("Message {} of '{}' stays in Openfire's offline store.", stays.id(), owner, e);
                }
            }
        }
        return moved;
    }

    private int takeOver(String owner, List<OpenfireTable.Key> keys) {
        List<HeldMessage> held = database.statement(
                "Reading Openfire's offline store", connection -> OpenfireTable.read(connection, owner, keys));
        // Outside of any transaction: it takes time, and may ask the server.
        List<Long> taken = new ArrayList<>();
        List<Understood> understood = new ArrayList<>();
        for (HeldMessage message : held) {
            stanzas.read(owner, message).ifPresent(each -> {
                taken.add(message.id());
                understood.add(each);
            });
        }
        if (taken.isEmpty()) {
            return 0;
        }
        Map<Mid, Long> returned = archived(owner, understood);
        List<NewEntry> entries = understood.stream()
                .filter(each -> each.known().filter(returned::containsKey).isEmpty())
                .map(Understood::entry)
                .toList();
        List<AppendedEntry> appended =
                database.transaction("Taking over " + taken.size() + " messages of '" + owner + "'", connection -> {
                    if (OpenfireTable.delete(connection, owner, taken) != taken.size()) {
                        throw new TakenMeanwhile();
                    }
                    List<AppendedEntry> placed = past.append(connection, owner, entries);
                    changes.giveBack(connection, owner, List.copyOf(returned.values()));
                    return placed;
                });
        listener.tookOver(owner, appended, returned.keySet());
        return taken.size();
    }

    /** Which of the ids that messages carry are theirs, with their places in the archive. Of two messages with one id the second is another one. */
    private Map<Mid, Long> archived(String owner, List<Understood> understood) {
        Map<Mid, NewEntry> claims = understood.stream()
                .filter(each -> each.known().isPresent())
                .collect(Collectors.toMap(
                        each -> each.known().orElseThrow(), Understood::entry, (first, second) -> first));
        if (claims.isEmpty()) {
            return Map.of();
        }
        return database.statement("Reading the archive of '" + owner + "'", connection -> {
            Map<Mid, Long> theirs = new HashMap<>();
            past.find(connection, owner, claims.keySet()).forEach(archived -> {
                if (archived.direction() == Direction.RECEIVED
                        && stanzas.isSame(claims.get(archived.mid()), archived.peer(), archived.stanza())) {
                    theirs.put(archived.mid(), archived.seq());
                }
            });
            return theirs;
        });
    }

    /** Behind the cursor of an account there is little that is not undelivered. */
    @Override
    public List<String> heirs() {
        return database.statement("Looking for offline sets", connection -> {
            Set<String> owners = new HashSet<>();
            for (String sql : List.of(
                    "SELECT DISTINCT username FROM ofUnifiedOffline",
                    "SELECT DISTINCT m.username FROM ofUnifiedMailbox m, ofUnifiedArchive a"
                            + " WHERE m.lastSeq > m.cursorSeq AND a.username = m.username AND a.seq > m.cursorSeq"
                            + " AND a.eligible = 1")) {
                try (PreparedStatement statement = connection.prepareStatement(sql);
                        ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        owners.add(rows.getString(1));
                    }
                }
            }
            return List.copyOf(owners);
        });
    }

    @Override
    public int giveBack(String owner) {
        int moved = 0;
        int raced = 0;
        long after = Long.MIN_VALUE;
        long heldSince = 0;
        while (true) {
            List<OfflineMessage> page =
                    store.page(owner, after, PAGE, PAGE_BYTES).messages();
            if (page.isEmpty()) {
                return moved;
            }
            Slices<OfflineMessage> slices =
                    new Slices<>(page, message -> message.stanza().length());
            while (!slices.isAtEnd()) {
                List<OfflineMessage> slice = slices.next();
                try {
                    Map<OfflineMessage, OpenfireTable.Row> rows = rows(owner, slice, heldSince);
                    giveBack(owner, rows);
                    moved += rows.size();
                    heldSince = rows.values().stream()
                            .mapToLong(OpenfireTable.Row::heldSince)
                            .reduce(heldSince, Math::max);
                    slices.done(slice);
                    raced = 0;
                } catch (TakenMeanwhile e) {
                    Log.debug("Somebody else takes messages out of the offline set of '{}'.", owner);
                    if (++raced == ATTEMPTS) {
                        throw new StoreUnavailable("Messages of '" + owner + "' cannot be given back", e);
                    }
                    break;
                } catch (StoreUnavailable e) {
                    for (OfflineMessage stays : slices.refused(slice, this::owners)) {
                        Log.warn("Message {} stays in the offline set of '{}'.", stays.mid(), owner, e);
                    }
                }
            }
            // What was taken meanwhile is not read again.
            after = slices.isAtEnd()
                    ? page.get(page.size() - 1).seq()
                    : slices.next().get(0).seq() - 1;
        }
    }

    /**
     * As Openfire would hold them. It orders by time only, so that no two get the same.
     *
     * @param last the time of the one before the first
     */
    private Map<OfflineMessage, OpenfireTable.Row> rows(String owner, List<OfflineMessage> messages, long last) {
        Map<OfflineMessage, OpenfireTable.Row> rows = new LinkedHashMap<>();
        long before = last;
        for (OfflineMessage message : messages) {
            long time = Math.max(before + 1, message.receivedAt().toEpochMilli());
            String stanza = stanzas.write(owner, message).orElse(null);
            if (stanza != null) {
                rows.put(message, new OpenfireTable.Row(ids.getAsLong(), time, stanza));
                before = time;
            }
        }
        return rows;
    }

    private void giveBack(String owner, Map<OfflineMessage, OpenfireTable.Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        database.transaction("Giving back " + rows.size() + " messages of '" + owner + "'", connection -> {
            if (take(connection, owner, rows.keySet()) != rows.size()) {
                throw new TakenMeanwhile();
            }
            OpenfireTable.insert(connection, owner, List.copyOf(rows.values()));
            return null;
        });
    }

    /** @return how many of them were in the offline set */
    private int take(Connection connection, String owner, Set<OfflineMessage> messages) throws SQLException {
        long cursor = past.lock(connection, owner);
        if (messages.stream().anyMatch(message -> message.archived() && message.seq() <= cursor)) {
            return 0;
        }
        Function<Boolean, List<Long>> places = archived -> messages.stream()
                .filter(message -> message.archived() == archived)
                .map(OfflineMessage::seq)
                .toList();
        return change(
                        connection,
                        "UPDATE ofUnifiedArchive SET eligible = 0 WHERE eligible = 1 AND username = ? AND ",
                        owner,
                        places.apply(true))
                + change(
                        connection, "DELETE FROM ofUnifiedOffline WHERE username = ? AND ", owner, places.apply(false));
    }

    private static int change(Connection connection, String sql, String owner, List<Long> places) throws SQLException {
        int changed = 0;
        for (Numbers some : Numbers.parts(places)) {
            try (PreparedStatement statement = connection.prepareStatement(sql + Numbers.among("seq"))) {
                statement.setString(1, owner);
                some.bind(statement, 2);
                changed += statement.executeUpdate();
            }
        }
        return changed;
    }
}
