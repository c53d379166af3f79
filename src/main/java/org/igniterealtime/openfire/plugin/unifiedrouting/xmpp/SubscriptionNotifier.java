package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.CommitListener;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * Tells subscribed sessions what entered their account's archive: every entry, received or sent, after its commit, in
 * the order of the archive (PROTOCOL section 2).
 *
 * <p>Who is subscribed is looked up at the moment of the commit, on the writer's thread; stanzas are made and sent on
 * an executor that runs one task after the other.
 */
public final class SubscriptionNotifier implements CommitListener {

    private static final Logger Log = LoggerFactory.getLogger(SubscriptionNotifier.class);

    private final SubscriptionRegistry registry;
    private final Accounts accounts;
    private final Sessions sessions;
    private final Executor executor;

    /**
     * @param executor runs tasks one at a time, in the order given
     */
    public SubscriptionNotifier(
            SubscriptionRegistry registry, Accounts accounts, Sessions sessions, Executor executor) {
        this.registry = registry;
        this.accounts = accounts;
        this.sessions = sessions;
        this.executor = executor;
    }

    @Override
    public void committed(List<AppendedEntry> entries) {
        entries.stream()
                .filter(AppendedEntry::isArchived)
                .map(AppendedEntry::message)
                .forEach(this::tell);
    }

    private void tell(ArchivedMessage message) {
        List<SessionKey> subscribers = List.copyOf(registry.subscribersOf(message.owner()));
        if (!subscribers.isEmpty()) {
            try {
                executor.execute(() -> notify(message, subscribers));
            } catch (RejectedExecutionException e) {
                // Better no subscription than one with a gap; the archive has everything.
                subscribers.forEach(registry::unsubscribe);
                Log.warn("Too many notifications wait; the subscriptions of '{}' end.", message.owner());
            }
        }
    }

    private void notify(ArchivedMessage message, List<SessionKey> subscribers) {
        JID owner = accounts.bareJid(message.owner());
        Element forwarded;
        try {
            forwarded = ForwardedMessage.of(message, owner);
        } catch (DocumentException | RuntimeException e) {
            Log.error("Message {} of '{}' could not be notified.", message.mid(), owner, e);
            return;
        }
        for (SessionKey subscriber : subscribers) {
            try {
                if (registry.isSubscribed(subscriber)) {
                    sessions.find(subscriber)
                            .ifPresent(open -> open.process(notification(message, owner, subscriber.jid(), forwarded)));
                }
            } catch (RuntimeException e) {
                Log.error("Message {} could not be notified to '{}'.", message.mid(), subscriber.jid(), e);
            }
        }
    }

    private static Message notification(ArchivedMessage message, JID owner, JID subscriber, Element forwarded) {
        Message notification = new Message();
        notification.setFrom(owner);
        notification.setTo(subscriber);
        Element mamsub = notification.addChildElement("mamsub", Namespaces.MAM_SUB);
        mamsub.addElement("message-id", Namespaces.MID)
                .addAttribute("id", message.mid().value());
        mamsub.add(forwarded.createCopy());
        return notification;
    }
}
