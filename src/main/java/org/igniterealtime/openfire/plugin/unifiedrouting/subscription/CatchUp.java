package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;

/**
 * What a session that subscribes is to be told first, and who wants to know what came of it (PROTOCOL section 2.1).
 *
 * @param max how many notifications it wants at most before it asks again
 * @param upTo the place of the newest entry when the session asked. What came later it is told of when it is subscribed:
 *     it would never catch up with an account that gets more than it reads
 * @param end told once
 */
public record CatchUp(int max, long upTo, End end) {

    /** Any number of notifications. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    /** What a catch-up came to. Exactly one of the methods is called, once; {@link #upToDate} may follow {@link #reached}. */
    public interface End {

        /** The session was told of all that it asked for, and of nothing newer yet. It is subscribed. */
        void reached();

        /**
         * The session has been told of everything that the archive has, for the first time. Not called where it never is.
         *
         * @param told the place of the newest entry
         */
        void upToDate(long told);

        /**
         * There is more than was asked for. The session is not subscribed.
         *
         * @param last the id of the last entry that it was told of; empty if it was none
         */
        void more(Optional<Mid> last);

        /** The archive could not be read. The session is not subscribed. */
        void failed(StoreUnavailable reason);

        /** Another request took its place, or the subscription ended meanwhile. */
        void superseded();
    }
}
