package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * What the subscribed sessions of an account are told of one entry of its archive (PROTOCOL section 2). The stanza is read
 * once for all of them, when the first one is told. Thread-safe.
 */
public final class Notification {

    private final ArchivedMessage entry;
    private final JID owner;
    private Element forwarded;

    /** @param owner the bare JID of the archive's owner */
    public Notification(ArchivedMessage entry, JID owner) {
        this.entry = entry;
        this.owner = owner;
    }

    Mid mid() {
        return entry.mid();
    }

    /**
     * @param subscriber the full JID of the session that is told
     * @throws DocumentException if what is stored is not well-formed
     */
    Message to(JID subscriber) throws DocumentException {
        Message notification = new Message();
        notification.setFrom(owner);
        notification.setTo(subscriber);
        Element mamsub = notification.addChildElement("mamsub", Namespaces.MAM_SUB);
        mamsub.addElement("message-id", Namespaces.MID)
                .addAttribute("id", entry.mid().value());
        mamsub.add(forwarded());
        return notification;
    }

    private synchronized Element forwarded() throws DocumentException {
        if (forwarded == null) {
            forwarded = ForwardedMessage.of(entry, owner);
        }
        return forwarded.createCopy();
    }
}
