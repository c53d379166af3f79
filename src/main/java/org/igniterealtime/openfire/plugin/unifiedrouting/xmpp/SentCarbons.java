package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.List;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.Session;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/**
 * Openfire makes the copies for the sender's other sessions (XEP-0280) from the message as it is routed, with the
 * recipient's stanza-id in it. Nobody but the recipient may see that (XEP-0313 §5.1.1), so such a copy is replaced by
 * one with the sender's own id. Thread-safe.
 */
public final class SentCarbons implements PacketInterceptor {

    private static final QName SENT = QName.get("sent", Namespaces.CARBONS);
    private static final QName FORWARDED = QName.get("forwarded", Namespaces.FORWARD);
    private static final QName MESSAGE = QName.get("message", Namespaces.CLIENT);

    private final Accounts accounts;

    /** Openfire makes these copies on the thread that routes the message. */
    private final ThreadLocal<List<ArchivedMessage>> lastArchived = new ThreadLocal<>();

    public SentCarbons(Accounts accounts) {
        this.accounts = accounts;
    }

    /** Told by the archiver which message is routed next on this thread, and under which ids it is archived. */
    void remember(List<ArchivedMessage> entries) {
        lastArchived.set(entries);
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed)
            throws PacketRejectedException {
        if (incoming || processed || !(packet instanceof Message message) || !ServerWrapper.isOne(message)) {
            return;
        }
        Element copied = copiedMessage(message);
        if (copied == null || !StanzaIds.hasForeign(copied, accounts.domain(), message.getFrom())) {
            return;
        }
        session.process(withOwnId(message.createCopy(), message.getFrom()));
        throw new PacketRejectedException();
    }

    private static Element copiedMessage(Message wrapper) {
        Element sent = wrapper.getElement().element(SENT);
        Element forwarded = sent == null ? null : sent.element(FORWARDED);
        return forwarded == null ? null : forwarded.element(MESSAGE);
    }

    private Message withOwnId(Message wrapper, JID owner) {
        Element copied = copiedMessage(wrapper);
        String ownId = ownIdOf(copied, owner);
        StanzaIds.strip(copied, accounts.domain(), null);
        if (ownId != null) {
            StanzaIds.add(copied, owner, ownId);
        }
        return wrapper;
    }

    private String ownIdOf(Element copied, JID owner) {
        List<ArchivedMessage> entries = lastArchived.get();
        String address = copied.attributeValue("to");
        if (entries == null || address == null) {
            return null;
        }
        JID to = new JID(address);
        String recipientsId = StanzaIds.find(copied, to).orElse(null);
        boolean isThisMessage =
                entries.stream().anyMatch(entry -> entry.mid().value().equals(recipientsId));
        return entries.stream()
                .filter(entry -> isThisMessage
                        && entry.direction() == Direction.SENT
                        && entry.owner().equals(owner.getNode()))
                .map(entry -> entry.mid().value())
                .findFirst()
                .orElse(null);
    }
}
