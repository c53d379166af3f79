package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.List;
import org.jivesoftware.openfire.container.Plugin;
import org.jivesoftware.openfire.container.PluginListener;
import org.jivesoftware.openfire.interceptor.InterceptorManager;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;

/**
 * Keeps three of our interceptors where they have to be when other plugins come and go: one before all others; behind all
 * others one for what comes in, so that what a filter rejects is never archived, and one for what goes out, so that what a
 * filter rejects is never taken for delivered.
 *
 * <p>Openfire moves an interceptor by removing and adding it; a message that comes by between the two would miss it.
 * Here the interceptor is added again at its new place first, and removed from the old one then. A message that comes
 * by between the two meets it twice, and passes the second time untouched.
 */
final class InterceptorOrder implements PluginListener {

    private final InterceptorManager manager;
    private final PacketInterceptor first;
    private final PacketInterceptor last;
    private final PacketInterceptor lastOutgoing;
    private final ThreadLocal<Placed.Passage> passages = new ThreadLocal<>();
    private final ThreadLocal<PlacedOutgoing.Passage> outgoingPassages = new ThreadLocal<>();
    private boolean hasLeft;
    private int generation;
    private Placed firstPlaced;
    private Placed lastPlaced;
    private PlacedOutgoing lastOutgoingPlaced;

    /**
     * @param first what comes in meets it before all others
     * @param last what comes in meets it behind all others
     * @param lastOutgoing what goes out meets it behind all others
     */
    InterceptorOrder(
            InterceptorManager manager,
            PacketInterceptor first,
            PacketInterceptor last,
            PacketInterceptor lastOutgoing) {
        this.manager = manager;
        this.first = first;
        this.last = last;
        this.lastOutgoing = lastOutgoing;
    }

    synchronized void establish() {
        if (hasLeft) {
            // Another thread brings the news of another plugin late.
            return;
        }
        List<PacketInterceptor> all = manager.getInterceptors();
        if (firstPlaced == null || all.isEmpty() || all.get(0) != firstPlaced) {
            Placed earlier = firstPlaced;
            firstPlaced = new Placed(first, ++generation, passages);
            manager.addInterceptor(0, firstPlaced);
            remove(earlier);
        }
        int size = all.size();
        if (size < 2 || all.get(size - 2) != lastOutgoingPlaced || all.get(size - 1) != lastPlaced) {
            PlacedOutgoing earlierOutgoing = lastOutgoingPlaced;
            lastOutgoingPlaced = new PlacedOutgoing(lastOutgoing, ++generation, outgoingPassages);
            manager.addInterceptor(lastOutgoingPlaced);
            remove(earlierOutgoing);
            Placed earlier = lastPlaced;
            lastPlaced = new Placed(last, ++generation, passages);
            manager.addInterceptor(lastPlaced);
            remove(earlier);
        }
    }

    synchronized void leave() {
        hasLeft = true;
        remove(lastPlaced);
        remove(lastOutgoingPlaced);
        remove(firstPlaced);
        lastPlaced = null;
        lastOutgoingPlaced = null;
        firstPlaced = null;
    }

    private void remove(PacketInterceptor placed) {
        if (placed != null) {
            manager.removeInterceptor(placed);
        }
    }

    @Override
    public void pluginCreated(String pluginName, Plugin plugin) {
        establish();
    }

    @Override
    public void pluginDestroyed(String pluginName, Plugin plugin) {
        establish();
    }
}
