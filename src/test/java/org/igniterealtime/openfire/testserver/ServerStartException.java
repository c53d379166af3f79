package org.igniterealtime.openfire.testserver;

import java.util.List;

/** A server did not start; the message says why and, when there is a log, ends with its last lines. */
public final class ServerStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    ServerStartException(String reason) {
        super(reason);
        this.reason = reason;
    }

    ServerStartException(String reason, List<String> logTail) {
        super(reason + "; the server's log ends with:\n    " + String.join("\n    ", logTail));
        this.reason = reason;
    }

    /** The reason alone, one line. */
    public String reason() {
        return reason;
    }
}
