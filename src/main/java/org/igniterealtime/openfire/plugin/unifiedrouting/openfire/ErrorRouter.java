package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.Optional;
import java.util.function.Consumer;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Sessions;
import org.jivesoftware.openfire.PacketRouter;
import org.jivesoftware.openfire.session.ClientSession;
import org.xmpp.packet.Message;

/**
 * Brings errors to those whose messages they answer. They go the way of all messages, so that the rules judge them; but
 * that way does not lead to a session that has not sent presence, which may send messages all the same.
 */
final class ErrorRouter implements Consumer<Message> {

    private final PacketRouter router;
    private final Sessions sessions;

    ErrorRouter(PacketRouter router, Sessions sessions) {
        this.router = router;
        this.sessions = sessions;
    }

    @Override
    public void accept(Message error) {
        Optional<ClientSession> hidden = sessions.find(error.getTo())
                .filter(session ->
                        session.getPresence() == null || !session.getPresence().isAvailable());
        if (hidden.isPresent()) {
            hidden.get().process(error);
        } else {
            router.route(error);
        }
    }
}
