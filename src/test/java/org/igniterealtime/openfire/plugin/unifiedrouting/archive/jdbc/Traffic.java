package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.NOON;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.received;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.xmpp.packet.JID;

/**
 * What happens to an archive while somebody reads it: messages with consecutive numbers are added, the oldest are trimmed,
 * and one conversation is deleted again and again. What is said of numbers is said before it is true of the archive, or
 * after, so that whoever reads knows what has to be there. It does as much as it is allowed to; thread-safe.
 */
final class Traffic implements Callable<Void> {

    static final String OWNER = "romeo";

    /** The last one's messages are deleted at any time. */
    private static final List<JID> PEERS = List.of(
            new JID("juliet@capulet.example/balcony"),
            new JID("nurse@capulet.example/kitchen"),
            new JID("juliet@capulet.example/chamber"),
            new JID("tybalt@capulet.example/street"));

    private static final int BATCH = 3;
    private static final int BATCHES_PER_TRIM = 40;
    private static final int BATCHES_PER_DELETION = 15;
    private static final int KEPT = 80 * BATCH;

    private final ArchiveStore store;
    private final ArchiveMaintenance maintenance;
    private final Semaphore permits = new Semaphore(2 * KEPT / BATCH);
    private volatile boolean over;
    private volatile int announced;
    private volatile int committed;
    private volatile int condemned;
    private volatile int trimmed;

    Traffic(ArchiveStore store, ArchiveMaintenance maintenance) {
        this.store = store;
        this.maintenance = maintenance;
    }

    /** Lets it add one more batch. */
    void allow() {
        permits.release();
    }

    void end() {
        over = true;
        permits.release();
    }

    @Override
    public Void call() throws InterruptedException {
        for (int batch = 0; ; batch++) {
            permits.acquire();
            if (over) {
                return null;
            }
            announced = (batch + 1) * BATCH;
            store.append(IntStream.range(batch * BATCH, announced)
                    .mapToObj(number -> received(OWNER, "m" + number, peerOf(number), timeOf(number)))
                    .toList());
            committed = announced;
            if (batch % BATCHES_PER_TRIM == 0 && committed > KEPT) {
                trim(committed - KEPT);
            }
            if (batch % BATCHES_PER_DELETION == 0) {
                maintenance.deleteConversation(OWNER, PEERS.get(PEERS.size() - 1));
            }
        }
    }

    private void trim(int below) {
        condemned = below;
        if (below % 2 == 0 || isFleeting(below - 1)) {
            maintenance.trimBefore(OWNER, timeOf(below));
        } else {
            maintenance.trim(OWNER, new Mid("m" + (below - 1))).ifPresent(Runnable::run);
        }
        trimmed = below;
    }

    /** Numbers below this one may be in the archive. */
    int announced() {
        return announced;
    }

    /** Numbers below this one have been in the archive. */
    int committed() {
        return committed;
    }

    /** Numbers below this one may be gone. */
    int condemned() {
        return condemned;
    }

    /** Numbers below this one are gone. */
    int trimmed() {
        return trimmed;
    }

    /** Whether a number may be gone at any time. */
    static boolean isFleeting(int number) {
        return number % PEERS.size() == PEERS.size() - 1;
    }

    static JID peerOf(int number) {
        return PEERS.get(number % PEERS.size());
    }

    /** That of its batch. */
    static Instant timeOf(int number) {
        return NOON.plusMillis(number / BATCH);
    }

    static int numberOf(Mid mid) {
        return Integer.parseInt(mid.value().substring(1));
    }
}
