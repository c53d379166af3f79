package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.List;
import org.jivesoftware.openfire.container.Plugin;
import org.jivesoftware.openfire.container.PluginListener;
import org.jivesoftware.openfire.interceptor.InterceptorManager;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;

/**
 * Keeps two of our interceptors where they have to be when other plugins come and go: one before all others, one after
 * all others, so that what a filter rejects is never archived.
 *
 * <p>Openfire moves an interceptor by removing and adding it; a message that comes by between the two would miss it.
 * Here the interceptor is added again at its new place first, and removed from the old one then. A message that comes
 * by between the two meets it twice, and passes the second time untouched.
 */
final class InterceptorOrder implements PluginListener {

    private final InterceptorManager manager;
    private final PacketInterceptor first;
    private final PacketInterceptor last;
    private final ThreadLocal<Placed.Passage> passages = new ThreadLocal<>();
    private boolean hasLeft;
    private int generation;
    private Placed firstPlaced;
    private Placed lastPlaced;

    InterceptorOrder(InterceptorManager manager, PacketInterceptor first, PacketInterceptor last) {
        this.manager = manager;
        this.first = first;
        this.last = last;
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
        if (lastPlaced == null || all.isEmpty() || all.get(all.size() - 1) != lastPlaced) {
            Placed earlier = lastPlaced;
            lastPlaced = new Placed(last, ++generation, passages);
            manager.addInterceptor(lastPlaced);
            remove(earlier);
        }
    }

    synchronized void leave() {
        hasLeft = true;
        remove(lastPlaced);
        remove(firstPlaced);
        lastPlaced = null;
        firstPlaced = null;
    }

    private void remove(Placed placed) {
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
