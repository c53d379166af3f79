package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jivesoftware.util.PropertyEventListener;

/** The settings in force: read anew when one of their properties changes, on any node. Thread-safe. */
final class LiveSettings implements Supplier<Settings>, PropertyEventListener {

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private volatile Settings settings = Settings.read();

    @Override
    public Settings get() {
        return settings;
    }

    /** @param listener is called after each change, on the thread that made it */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** One after the other: what is read later is in force. */
    private synchronized void readAnew() {
        settings = Settings.read();
    }

    private void changed(String property) {
        if (property.startsWith(Setting.PREFIX)) {
            readAnew();
            listeners.forEach(Runnable::run);
        }
    }

    @Override
    public void propertySet(String property, Map<String, Object> parameters) {
        changed(property);
    }

    @Override
    public void propertyDeleted(String property, Map<String, Object> parameters) {
        changed(property);
    }

    @Override
    public void xmlPropertySet(String property, Map<String, Object> parameters) {
        // Our settings are not read from openfire.xml.
    }

    @Override
    public void xmlPropertyDeleted(String property, Map<String, Object> parameters) {
        // Our settings are not read from openfire.xml.
    }
}
