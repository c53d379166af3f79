package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.Objects;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ServerLines;
import org.jivesoftware.openfire.SessionManager;
import org.jivesoftware.openfire.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections that other servers have opened to this one. */
final class OpenfireServerLines implements ServerLines {

    private static final Logger Log = LoggerFactory.getLogger(OpenfireServerLines.class);

    /** Openfire goes through a list that it changes at the same time. */
    private static final int ATTEMPTS = 5;

    private final SessionManager sessions;
    private final String domain;

    /** @param domain of this server */
    OpenfireServerLines(SessionManager sessions, String domain) {
        this.sessions = sessions;
        this.domain = domain;
    }

    @Override
    public Optional<Line> oldest(String remote) {
        // Openfire lets a server speak for the domains below the one that it has proved.
        for (String name = remote; isRemote(name); name = name.substring(name.indexOf('.') + 1)) {
            Optional<Line> oldest = among(name);
            if (oldest.isPresent()) {
                return oldest;
            }
            if (name.indexOf('.') < 0) {
                break;
            }
        }
        return Optional.empty();
    }

    private Optional<Line> among(String name) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return sessions.getIncomingServerSessions(name).stream()
                        .filter(Objects::nonNull)
                        .min(Comparator.comparing(Session::getCreationDate))
                        .map(line -> new Line(
                                line.getStreamID().getID(),
                                line.getCreationDate().toInstant()));
            } catch (ConcurrentModificationException e) {
                Log.trace("A connection of '{}' came or went meanwhile.", name, e);
            }
        }
        return Optional.empty();
    }

    private boolean isRemote(String name) {
        return !name.equals(domain) && !name.endsWith('.' + domain);
    }
}
