package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

/** Where sequences on one server meet to have it killed, all at once. Thread-safe. */
interface KillPoint {

    /** A server that is not killed. */
    KillPoint NONE = new KillPoint() {
        @Override
        public int kills() {
            return 0;
        }

        @Override
        public void awaitAll() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void awaitRestart() {
            throw new UnsupportedOperationException();
        }
    };

    /** How often it will be. */
    int kills();

    /** Waits for the others. When this returns the server will be killed any moment. */
    void awaitAll();

    /** Waits until the server has been killed and started again. */
    void awaitRestart();
}
