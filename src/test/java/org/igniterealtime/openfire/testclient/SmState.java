package org.igniterealtime.openfire.testclient;

import java.util.List;

/**
 * What a client keeps of a stream to resume it later (XEP-0198 §5). Counters are unsigned and wrap at 2^32.
 *
 * @param jid the full JID that is bound to the stream
 * @param previd the id of {@code <enabled/>}; null where the server does not offer resumption
 * @param location where the server wants to be asked for resumption; null where it has no preference
 * @param handled stanzas received from the server and handled, sent as {@code h} when resuming
 * @param acked stanzas sent to the server and acknowledged by it
 * @param unackedSent stanzas sent after those, oldest first
 */
public record SmState(String jid, String previd, String location, int handled, int acked, List<String> unackedSent) {

    public SmState {
        unackedSent = List.copyOf(unackedSent);
    }

    /** The state of a client that has lost, or not yet handled, what came after the given number of stanzas. */
    public SmState withHandled(int handledOnly) {
        return new SmState(jid, previd, location, handledOnly, acked, unackedSent);
    }
}
