package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.xml;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PagingCase;
import org.jivesoftware.openfire.session.ClientSession;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.IQ;
import org.xmpp.packet.JID;
import org.xmpp.packet.Packet;
import org.xmpp.packet.PacketError;

/** Pages as a client asks for them and is shown them, flipped or not, of archives that change (XEP-0313 §4, XEP-0059). */
class ArchiveHandlerPagingTest {

    private static final int CASES = 1_000;

    @Test
    void clientsAreShownThePagesOfAPlainListWhateverTheyAsk() {
        PagingCase.runAll(new Shown(), CASES);
    }

    /**
     * What a client is shown.
     *
     * @param results id, time and text of each message, in the order in which they came
     */
    private record ShownPage(
            List<String> results,
            boolean complete,
            Optional<String> first,
            Optional<String> last,
            Optional<Long> count) {}

    /** Asks a handler on an archive in memory. */
    private static final class Shown implements PagingCase.Subject<ShownPage> {

        private final InMemoryArchive archive = new InMemoryArchive();
        private final List<Element> results = new ArrayList<>();
        private final ClientSession session = newSession();
        private JID asker;
        private PageSize limits;

        private final ArchiveHandler handler = new ArchiveHandler(
                accounts(),
                jid -> Optional.of(session),
                archive,
                () -> limits,
                mock(ArchivePolicy.class),
                mock(ArchiveUse.class),
                new UnreadableRows(Clock.systemUTC()));

        /** Everybody has an account. */
        private static Accounts accounts() {
            return new Accounts() {
                @Override
                public String domain() {
                    return Verona.DOMAIN;
                }

                @Override
                public Optional<String> accountOf(JID address) {
                    return Optional.of(address.getNode());
                }
            };
        }

        private ClientSession newSession() {
            ClientSession made = mock(ClientSession.class, withSettings().stubOnly());
            when(made.getAddress()).thenAnswer(call -> asker);
            doAnswer(call -> results.add(call.<Packet>getArgument(0).getElement()))
                    .when(made)
                    .process(any());
            return made;
        }

        @Override
        public ArchiveStore store() {
            return archive;
        }

        @Override
        public ArchiveMaintenance maintenance() {
            return archive;
        }

        @Override
        public void addOlder(String owner, List<NewEntry> newestFirst) {
            archive.addOlder(owner, newestFirst);
        }

        @Override
        public Optional<ShownPage> ask(ArchiveQuery query, boolean flipped) {
            asker = new JID(query.owner(), Verona.DOMAIN, "phone", true);
            // It is not for the client to say how long a page may be.
            limits = new PageSize(50, 250, query.paging().bytes());
            results.clear();
            IQ request = new IQ(xml("<iq type='set' id='q'>" + queryXml(query, flipped) + "</iq>"));
            request.setFrom(asker);
            IQ answer = handler.handleIQ(request);
            if (answer.getType() == IQ.Type.error) {
                assertThat(answer.getError().getCondition()).isEqualTo(PacketError.Condition.item_not_found);
                assertThat(results).isEmpty();
                return Optional.empty();
            }
            Element fin = answer.getChildElement();
            assertThat(fin.getQName()).isEqualTo(QName.get("fin", Namespaces.MAM));
            Element set = fin.element(QName.get("set", Namespaces.RSM));
            return Optional.of(new ShownPage(
                    results.stream().map(Shown::shown).toList(),
                    "true".equals(fin.attributeValue("complete")),
                    Optional.ofNullable(set.elementText("first")),
                    Optional.ofNullable(set.elementText("last")),
                    Optional.ofNullable(set.elementText("count")).map(Long::valueOf)));
        }

        private static String shown(Element carrier) {
            Element result = carrier.element(QName.get("result", Namespaces.MAM));
            assertThat(result.attributeValue("queryid")).isEqualTo("q1");
            Element forwarded = result.element(QName.get("forwarded", Namespaces.FORWARD));
            return result.attributeValue("id")
                    + ' '
                    + forwarded.element(QName.get("delay", Namespaces.DELAY)).attributeValue("stamp")
                    + ' '
                    + forwarded.elements().get(1).elementText("body");
        }

        @Override
        public ShownPage expected(ArchivePage page, boolean flipped) {
            List<ArchivedMessage> messages = page.messages();
            List<String> shown = new ArrayList<>(messages.stream()
                    .map(message -> message.mid().value()
                            + ' '
                            + Timestamps.format(message.receivedAt())
                            + ' '
                            + xml(message.stanza()).elementText("body"))
                    .toList());
            if (flipped) {
                Collections.reverse(shown);
            }
            // XEP-0313 §4.1.5: a flipped page is the same page, only its results come in reverse order.
            Optional<String> first =
                    messages.stream().map(message -> message.mid().value()).findFirst();
            Optional<String> last =
                    messages.stream().map(message -> message.mid().value()).reduce((one, other) -> other);
            Optional<Long> count =
                    page.count().isPresent() ? Optional.of(page.count().getAsLong()) : Optional.empty();
            return new ShownPage(shown, page.complete(), first, last, count);
        }

        private static String queryXml(ArchiveQuery query, boolean flipped) {
            return "<query xmlns='urn:xmpp:mam:2' queryid='q1'>" + form(query.filter()) + set(query)
                    + (flipped ? "<flip-page/>" : "") + "</query>";
        }

        private static String form(ArchiveQuery.Filter filter) {
            String fields = field(
                            "with",
                            filter.with().map(with -> with.jid().toString()).stream()
                                    .toList())
                    + field(
                            "start",
                            filter.start().map(Timestamps::format).stream().toList())
                    + field("end", filter.end().map(Timestamps::format).stream().toList())
                    + field(
                            "after-id",
                            filter.afterId().map(Mid::value).stream().toList())
                    + field(
                            "before-id",
                            filter.beforeId().map(Mid::value).stream().toList())
                    + field("ids", filter.ids().stream().map(Mid::value).toList());
            return fields.isEmpty()
                    ? ""
                    : "<x xmlns='jabber:x:data' type='submit'>" + field("FORM_TYPE", List.of("urn:xmpp:mam:2")) + fields
                            + "</x>";
        }

        private static String field(String name, List<String> values) {
            return values.isEmpty()
                    ? ""
                    : values.stream()
                            .map(value -> "<value>" + value + "</value>")
                            .collect(Collectors.joining("", "<field var='" + name + "'>", "</field>"));
        }

        private static String set(ArchiveQuery query) {
            String before = query.paging().before().map(Mid::value).orElse("");
            return "<set xmlns='http://jabber.org/protocol/rsm'><max>"
                    + query.paging().max() + "</max>"
                    + query.paging()
                            .after()
                            .map(mid -> "<after>" + mid + "</after>")
                            .orElse("")
                    + (query.paging().backwards() ? "<before>" + before + "</before>" : "") + "</set>";
        }
    }
}
