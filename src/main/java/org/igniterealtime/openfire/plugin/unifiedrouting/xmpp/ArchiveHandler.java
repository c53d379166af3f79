package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.dom4j.DocumentException;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.xmpp.packet.IQ;
import org.xmpp.packet.Message;
import org.xmpp.packet.PacketError;

/** Lets an account's sessions read its archive: {@code urn:xmpp:mam:2} (XEP-0313, PROTOCOL section 5). */
public final class ArchiveHandler extends AccountIQHandler {

    private static final int PORTION_CHARACTERS = 256 * 1024;

    /**
     * @param limits how large pages are
     * @param use learns who was shown what
     * @param unreadable learns what could not be shown
     */
    public ArchiveHandler(
            Accounts accounts,
            Sessions sessions,
            ArchiveStore archive,
            Supplier<PageSize> limits,
            ArchivePolicy policy,
            ArchiveUse use,
            UnreadableRows unreadable) {
        super(
                "Message archive",
                "query",
                Namespaces.MAM,
                accounts,
                sessions,
                Map.of(
                        new Known("query", IQ.Type.set),
                        (request, asker) -> query(
                                request.getChildElement(), asker, sessions, archive, limits.get(), use, unreadable),
                        new Known("query", IQ.Type.get),
                        (request, asker) -> describe(),
                        new Known("metadata", IQ.Type.get),
                        (request, asker) -> metadata(asker, archive),
                        new Known("prefs", IQ.Type.get),
                        (request, asker) -> PreferencesElement.of(policy.of(asker.account())),
                        new Known("prefs", IQ.Type.set),
                        (request, asker) -> {
                            ArchivePreferences wanted = PreferencesElement.read(request.getChildElement());
                            policy.choose(asker.account(), wanted);
                            return PreferencesElement.of(wanted);
                        }));
    }

    /** The results go to the session that asks, before the answer to its request (XEP-0313 §4.2). */
    private static Element query(
            Element query,
            Asker asker,
            Sessions sessions,
            ArchiveStore archive,
            PageSize limits,
            ArchiveUse use,
            UnreadableRows unreadable) {
        ArchiveQuery asked = MamQuery.read(query, asker.account(), limits);
        ArchivePage page = archive.page(asked).orElseThrow(() -> new StanzaError(PacketError.Condition.item_not_found));
        String queryId = query.attributeValue("queryid");
        List<ArchivedMessage> ordered = new ArrayList<>(page.messages());
        if (query.element("flip-page") != null) {
            // Only the order in which they are sent changes, not what the page holds (XEP-0313 §4.3.1).
            Collections.reverse(ordered);
        }
        StoredStanza.Parser parser = new StoredStanza.Parser();
        for (int from = 0, to; from < ordered.size(); from = to) {
            to = endOfPortion(ordered, from);
            for (Message result : results(ordered.subList(from, to), asker, queryId, parser, unreadable)) {
                sessions.tell(asker.session(), result);
            }
        }
        use.queried(asker.session(), asked, page);
        return fin(page);
    }

    /** A parser takes longer to begin with a text than to read it; what it makes of texts needs many times their memory. */
    private static int endOfPortion(List<ArchivedMessage> messages, int from) {
        int to = from;
        long characters = 0;
        do {
            characters += messages.get(to).stanza().length();
            to++;
        } while (to < messages.size() && characters + messages.get(to).stanza().length() <= PORTION_CHARACTERS);
        return to;
    }

    private static List<Message> results(
            List<ArchivedMessage> messages,
            Asker asker,
            String queryId,
            StoredStanza.Parser parser,
            UnreadableRows unreadable) {
        List<Message> results = new ArrayList<>(messages.size());
        Optional<List<Element>> parsed =
                parser.parse(messages.stream().map(ArchivedMessage::stanza).toList());
        for (int i = 0; i < messages.size(); i++) {
            ArchivedMessage message = messages.get(i);
            try {
                Element stanza = parsed.isPresent() ? parsed.get().get(i) : parser.parse(message.stanza());
                results.add(result(message, stanza, asker, queryId));
            } catch (DocumentException e) {
                unreadable.met(asker.account(), message.mid(), e);
            }
        }
        return results;
    }

    private static Message result(ArchivedMessage message, Element stanza, Asker asker, String queryId) {
        Message result = new Message();
        result.setFrom(asker.bareJid());
        result.setTo(asker.session().getAddress());
        Element element = result.addChildElement("result", Namespaces.MAM);
        if (queryId != null) {
            element.addAttribute("queryid", queryId);
        }
        element.addAttribute("id", message.mid().value());
        element.add(ForwardedMessage.of(message, asker.bareJid(), stanza));
        return result;
    }

    private static Element fin(ArchivePage page) {
        Element fin = DocumentHelper.createElement(QName.get("fin", Namespaces.MAM));
        if (page.complete()) {
            fin.addAttribute("complete", "true");
        }
        Element set = fin.addElement(QName.get("set", Namespaces.RSM));
        if (!page.messages().isEmpty()) {
            set.addElement("first").setText(page.messages().get(0).mid().value());
            set.addElement("last")
                    .setText(page.messages()
                            .get(page.messages().size() - 1)
                            .mid()
                            .value());
        }
        page.count().ifPresent(count -> set.addElement("count").setText(Long.toString(count)));
        return fin;
    }

    private static Element describe() {
        Element query = DocumentHelper.createElement(QName.get("query", Namespaces.MAM));
        query.add(MamQuery.form().createCopy());
        return query;
    }

    /** The ends of the archive (XEP-0313 §5); an empty element where there is nothing. */
    private static Element metadata(Asker asker, ArchiveStore archive) {
        Element metadata = DocumentHelper.createElement(QName.get("metadata", Namespaces.MAM));
        end(archive, ArchiveQuery.all(asker.account(), Paging.fromStart(1)), metadata, "start");
        end(archive, ArchiveQuery.all(asker.account(), Paging.fromEnd(1)), metadata, "end");
        return metadata;
    }

    private static void end(ArchiveStore archive, ArchiveQuery query, Element metadata, String name) {
        archive.page(query)
                .map(ArchivePage::messages)
                .orElse(List.of())
                .forEach(message -> metadata.addElement(name)
                        .addAttribute("id", message.mid().value())
                        .addAttribute("timestamp", Timestamps.format(message.receivedAt())));
    }
}
