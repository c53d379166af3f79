package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.Method;
import java.nio.file.Path;
import org.jivesoftware.util.JiveGlobals;

/** Where Openfire keeps its files. */
public final class HomeDirectory {

    private HomeDirectory() {}

    /**
     * COMPAT(4.2): getHomeDirectory(), a text. COMPAT(5.x): getHomePath(), a path.
     *
     * @throws IllegalStateException if this Openfire has neither
     */
    public static Path get() {
        for (String name : new String[] {"getHomePath", "getHomeDirectory"}) {
            try {
                Method method = JiveGlobals.class.getMethod(name);
                return Path.of(method.invoke(null).toString());
            } catch (NoSuchMethodException e) {
                // The other one, then.
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("Openfire's home directory cannot be found", e);
            }
        }
        throw new IllegalStateException("This version of Openfire does not tell its home directory");
    }
}
