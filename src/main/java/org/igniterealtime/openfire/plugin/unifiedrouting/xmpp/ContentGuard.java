package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.function.Consumer;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.Message;
import org.xmpp.packet.PacketError;
import org.xmpp.packet.StreamError;

/**
 * Refuses messages that nobody could read. Not every parser of Openfire refuses the characters that XML forbids: 4.2 lets
 * NUL through from clients, and more from BOSH, servers and components. Whoever such a message was delivered to would
 * lose the connection, and an archive that holds it could not show it. Thread-safe.
 */
public final class ContentGuard {

    private static final Logger Log = LoggerFactory.getLogger(ContentGuard.class);

    private final Consumer<Message> router;

    /**
     * @param router brings an error to whom it is addressed
     */
    public ContentGuard(Consumer<Message> router) {
        this.router = router;
    }

    /**
     * @param session the one that sends the message, or null
     * @throws PacketRejectedException if the message must not go on. Who sent it has been told, if that was possible
     */
    void check(Message message, Session session) throws PacketRejectedException {
        XmlContent.Flaw flaw = XmlContent.flawOf(message.getElement());
        if (flaw == XmlContent.Flaw.NONE) {
            return;
        }
        Log.debug("A message of '{}' is refused: {}.", message.getElement().attributeValue("from"), flaw);
        try {
            if (flaw == XmlContent.Flaw.FORBIDDEN_CHARACTER && session instanceof ClientSession) {
                // RFC 6120 §11.3 wants the stream closed, and so does Openfire where it notices.
                session.deliverRawText(new StreamError(StreamError.Condition.not_well_formed).toXML());
                session.close();
            } else {
                refuse(message, flaw);
            }
        } catch (RuntimeException e) {
            Log.error("A sender was not told why a message is refused.", e);
        }
        throw new PacketRejectedException();
    }

    /** Without the content, which is what is wrong with it. */
    private void refuse(Message message, XmlContent.Flaw flaw) {
        if (message.getFrom() == null || "error".equals(message.getElement().attributeValue("type"))) {
            return;
        }
        Message error = new Message();
        if (XmlContent.isAllowed(message.getID())) {
            error.setID(message.getID());
        }
        error.setFrom(message.getTo());
        error.setTo(message.getFrom());
        error.setError(
                switch (flaw) {
                    case FORBIDDEN_CHARACTER ->
                        because(PacketError.Condition.bad_request, "A character is none that XML knows.");
                    case UNREADABLE ->
                        because(PacketError.Condition.bad_request, "A name or a namespace is none that XML knows.");
                    default -> because(PacketError.Condition.not_acceptable, "Elements are nested too deep.");
                });
        router.accept(error);
    }

    private static PacketError because(PacketError.Condition condition, String text) {
        return new PacketError(condition, PacketError.Type.modify, text, "en");
    }
}
