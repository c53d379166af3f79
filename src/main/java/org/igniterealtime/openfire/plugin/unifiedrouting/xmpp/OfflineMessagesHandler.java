package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dom4j.DocumentException;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.Handover;
import org.jivesoftware.openfire.disco.DiscoInfoProvider;
import org.jivesoftware.openfire.disco.DiscoItem;
import org.jivesoftware.openfire.disco.DiscoItemsProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.forms.DataForm;
import org.xmpp.forms.FormField;
import org.xmpp.packet.IQ;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.PacketError;

/**
 * Lets accounts look after their offline messages themselves (XEP-0013): how many there are and from whom, as the node
 * {@value Namespaces#OFFLINE} of service discovery; to see them and to remove them, by requests. What a client has seen
 * stays in the offline set until it removes it. Thread-safe.
 */
public final class OfflineMessagesHandler extends AccountIQHandler implements DiscoInfoProvider, DiscoItemsProvider {

    private static final Logger Log = LoggerFactory.getLogger(OfflineMessagesHandler.class);

    private static final String ELEMENT = "offline";
    private static final QName OFFLINE = QName.get(ELEMENT, Namespaces.OFFLINE);

    /** How many messages leave the set in one transaction when it is purged. */
    private static final int REMOVED_AT_ONCE = 500;

    private final Accounts accounts;
    private final OfflineReading reading;

    /** @param handover brings along what Openfire's own offline store holds */
    public OfflineMessagesHandler(
            Accounts accounts,
            Sessions sessions,
            OfflineStore store,
            Handover handover,
            OfflineBooks books,
            UnreadableRows unreadable) {
        this(accounts, sessions, new OfflineReading(accounts, sessions, store, handover, books), unreadable);
    }

    private OfflineMessagesHandler(
            Accounts accounts, Sessions sessions, OfflineReading reading, UnreadableRows unreadable) {
        super(
                "Flexible offline message retrieval",
                ELEMENT,
                Namespaces.OFFLINE,
                accounts,
                sessions,
                Map.of(
                        new Known(ELEMENT, IQ.Type.get),
                        (request, asker) -> {
                            see(Wish.of(request.getChildElement(), "fetch", "view"), asker, reading, unreadable);
                            return null;
                        },
                        new Known(ELEMENT, IQ.Type.set),
                        (request, asker) -> {
                            remove(Wish.of(request.getChildElement(), "purge", "remove"), asker, reading);
                            return null;
                        }));
        this.accounts = accounts;
        this.reading = reading;
    }

    /**
     * What a request is about.
     *
     * @param all every message
     * @param nodes these messages, where it is not all
     */
    private record Wish(boolean all, List<OfflineNode> nodes) {

        /**
         * @param ofAll the element that asks for every message
         * @param action what a request of this IQ type may do with some of them
         * @throws StanzaError if it asks for anything else; item-not-found where a node cannot be one of ours
         */
        static Wish of(Element offline, String ofAll, String action) {
            List<Element> children = offline.elements();
            if (children.size() == 1 && children.get(0).getName().equals(ofAll)) {
                return new Wish(true, List.of());
            }
            List<OfflineNode> nodes = new ArrayList<>();
            for (Element item : children) {
                String node = item.attributeValue("node");
                if (!item.getName().equals("item") || node == null || !action.equals(item.attributeValue("action"))) {
                    throw new StanzaError(PacketError.Condition.bad_request);
                }
                nodes.add(OfflineNode.parse(node)
                        .orElseThrow(() -> new StanzaError(PacketError.Condition.item_not_found)));
            }
            if (nodes.isEmpty()) {
                throw new StanzaError(PacketError.Condition.bad_request);
            }
            return new Wish(false, nodes);
        }
    }

    /** The messages come before the answer to the request (XEP-0013 §2.4, §2.6). */
    private static void see(Wish wish, Asker asker, OfflineReading reading, UnreadableRows unreadable) {
        reading.begin(asker.account(), asker.key());
        if (wish.all()) {
            reading.all(asker.account()).forEachRemaining(shown -> show(shown, asker, reading, unreadable));
        } else {
            reading.find(asker.account(), wish.nodes(), shown -> show(shown, asker, reading, unreadable));
        }
    }

    private static void show(
            OfflineReading.Shown shown, Asker asker, OfflineReading reading, UnreadableRows unreadable) {
        try {
            Message message = OfflineStanza.of(shown.message(), asker.bareJid());
            Element element = message.getElement();
            // Whoever sent it may have put one in.
            List.copyOf(element.elements(OFFLINE)).forEach(element::remove);
            element.addElement(OFFLINE)
                    .addElement("item")
                    .addAttribute("node", shown.node().toString());
            reading.show(asker.session(), message);
        } catch (DocumentException e) {
            unreadable.met(asker.account(), shown.message().mid(), e);
        }
    }

    /** All or, where one of them is not there, none. */
    private static void remove(Wish wish, Asker asker, OfflineReading reading) {
        reading.begin(asker.account(), asker.key());
        if (!wish.all()) {
            reading.require(asker.account(), wish.nodes());
            reading.remove(
                    asker.account(), wish.nodes().stream().map(OfflineNode::mid).toList());
            return;
        }
        List<Mid> some = new ArrayList<>();
        for (Iterator<OfflineReading.Shown> all = reading.all(asker.account()); all.hasNext(); ) {
            some.add(all.next().message().mid());
            if (some.size() == REMOVED_AT_ONCE) {
                reading.remove(asker.account(), some);
                some.clear();
            }
        }
        reading.remove(asker.account(), some);
    }

    // Service discovery. There is no way to answer with "forbidden" here; to others there is no such node.

    @Override
    public boolean hasInfo(String name, String node, JID asker) {
        return Namespaces.OFFLINE.equals(node) && reading.accountOf(asker, name).isPresent();
    }

    @Override
    public Iterator<Element> getIdentities(String name, String node, JID asker) {
        Element identity = DocumentHelper.createElement("identity")
                .addAttribute("category", "automation")
                .addAttribute("type", "message-list");
        return List.of(identity).iterator();
    }

    @Override
    public Iterator<String> getFeatures(String name, String node, JID asker) {
        return List.of(Namespaces.OFFLINE).iterator();
    }

    /** COMPAT(4.2): one form. */
    @Override
    public DataForm getExtendedInfo(String name, String node, JID asker) {
        String account = reading.accountOf(asker, name).orElse(null);
        if (account == null) {
            return null;
        }
        reading.begin(account, asker);
        DataForm form = new DataForm(DataForm.Type.result);
        FormField type = form.addField();
        type.setVariable("FORM_TYPE");
        type.setType(FormField.Type.hidden);
        type.addValue(Namespaces.OFFLINE);
        FormField number = form.addField();
        number.setVariable("number_of_messages");
        number.addValue(Long.toString(reading.count(account)));
        return form;
    }

    /** COMPAT(5.x): implements DiscoInfoProvider's method, which takes the place of {@link #getExtendedInfo} there. */
    public Set<DataForm> getExtendedInfos(String name, String node, JID asker) {
        DataForm form = getExtendedInfo(name, node, asker);
        return form == null ? Set.of() : Set.of(form);
    }

    /** @return null if there is no such node for this asker */
    @Override
    public Iterator<DiscoItem> getItems(String name, String node, JID asker) {
        String account = reading.accountOf(asker, name).orElse(null);
        if (account == null) {
            return null;
        }
        reading.begin(account, asker);
        JID owner = accounts.bareJid(account);
        List<DiscoItem> headers = new ArrayList<>();
        reading.all(account)
                .forEachRemaining(shown -> headers.add(new DiscoItem(
                        owner, shown.message().peer(), shown.node().toString(), null)));
        return headers.iterator();
    }
}
