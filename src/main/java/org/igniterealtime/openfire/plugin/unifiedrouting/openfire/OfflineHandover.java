package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.time.Duration;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.Handover;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.HandoverListener;
import org.jivesoftware.database.SequenceManager;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.util.JiveConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Openfire's side of what is handed over: ids for its store, and what it remembers of it. */
final class OfflineHandover implements HandoverListener {

    private static final Logger Log = LoggerFactory.getLogger(OfflineHandover.class);

    /** How many ids Openfire takes from its table at once, normally and while all offline sets are given back. */
    private static final int NORMAL_IDS = 5;

    private static final int MANY_IDS = 500;

    /** No message was ever stored at this time. */
    private static final Date NEVER = new Date(-1);

    private final XMPPServer server;

    OfflineHandover(XMPPServer server) {
        this.server = server;
    }

    static long nextId() {
        return SequenceManager.nextID(JiveConstants.OFFLINE);
    }

    @Override
    public void tookOver(String owner, List<AppendedEntry> entered, Collection<Mid> returned) {
        forgetSize(owner);
    }

    /** Openfire remembers how much its store holds of an account, and forgets it when it deletes something itself. */
    private void forgetSize(String owner) {
        server.getOfflineMessageStore().deleteMessage(owner, NEVER);
    }

    /**
     * Moves all offline sets into Openfire's store, so that it delivers them when the plugin is gone. A server that shuts
     * down keeps the plugin: it finds them where they are when it starts again.
     */
    void giveBackAll(Handover handover) {
        if (server.isShuttingDown()) {
            return;
        }
        long begun = System.nanoTime();
        int moved = 0;
        SequenceManager.setBlockSize(JiveConstants.OFFLINE, MANY_IDS);
        try {
            List<String> owners = handover.heirs();
            for (String owner : owners) {
                moved += handover.giveBack(owner);
                forgetSize(owner);
            }
            Log.info(
                    "{} undelivered messages of {} accounts were given to Openfire's offline store within {} ms.",
                    moved,
                    owners.size(),
                    Duration.ofNanos(System.nanoTime() - begun).toMillis());
        } catch (StoreUnavailable e) {
            Log.error(
                    "Undelivered messages could not be given to Openfire's offline store, but for {}. They are delivered when the plugin is loaded again.",
                    moved,
                    e);
        } finally {
            SequenceManager.setBlockSize(JiveConstants.OFFLINE, NORMAL_IDS);
        }
    }
}
