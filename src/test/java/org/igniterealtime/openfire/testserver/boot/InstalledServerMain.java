package org.igniterealtime.openfire.testserver.boot;

import java.lang.reflect.InvocationTargetException;

/** Main class for an installed Openfire, of any version: its own starter, plus the watch on the parent process. */
public final class InstalledServerMain {
    private InstalledServerMain() {}

    /** Arguments are those of Openfire's starter, which takes none. */
    public static void main(String[] args) throws ReflectiveOperationException {
        ParentWatch.start(order -> {});
        try {
            // By name: on the compile class path there is only the marker class of this name.
            Class.forName("org.jivesoftware.openfire.starter.ServerStarter")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("Openfire did not start", e.getCause());
        }
    }
}
