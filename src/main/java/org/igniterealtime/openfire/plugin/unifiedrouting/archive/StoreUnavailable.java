package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/**
 * The database did not do what was asked, and nothing of it took effect. Never turned into an empty result: whoever
 * asked learns it as {@code internal-server-error}.
 */
public final class StoreUnavailable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoreUnavailable(String what, Throwable cause) {
        super(what, cause);
    }

    public StoreUnavailable(String what) {
        super(what);
    }
}
