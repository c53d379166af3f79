package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import org.jivesoftware.openfire.security.SecurityAuditManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where administrators look who did what: Openfire's security log, and the server's own. Thread-safe. */
final class SecurityLog {

    private static final Logger Log = LoggerFactory.getLogger(SecurityLog.class);

    /** Keeps what was done; may be somebody else's code. */
    @FunctionalInterface
    interface Book {

        void add(String who, String what, String details);
    }

    private final Book book;

    SecurityLog(Book book) {
        this.book = book;
    }

    static SecurityLog ofOpenfire() {
        return new SecurityLog(
                (who, what, details) -> SecurityAuditManager.getInstance().logEvent(who, what, details));
    }

    /**
     * To be called when it is done, which a failure here does not undo.
     *
     * @param who the administrator's name
     * @param what he did; at most 255 characters
     * @param details any number of lines
     */
    void add(String who, String what, String details) {
        Log.info("{}, by '{}': {}", what, who, details);
        try {
            book.add(who, what, details);
        } catch (RuntimeException e) {
            Log.error("The security log does not take what was done.", e);
        }
    }
}
