package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dom4j.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One row for each line of the payload registry: whoever deletes or adds one has to do so here too. */
class PayloadRegistryTest {

    private static final String OF_THE_STANZA = """
            BODY | <body xmlns='%1$s'>a</body>
            SUBJECT | <subject xmlns='%1$s'>a</subject>
            METADATA | <thread xmlns='%1$s'>a</thread>
            METADATA | <error xmlns='%1$s' type='cancel'/>
            """;

    private static final String OTHERS = """
            ENCRYPTED | <encrypted xmlns='eu.siacs.conversations.axolotl'><payload>a</payload></encrypted>
            ENCRYPTED | <encrypted xmlns='urn:xmpp:omemo:1'><payload>a</payload></encrypted>
            ENCRYPTED | <encrypted xmlns='urn:xmpp:omemo:2'><payload>a</payload></encrypted>
            ENCRYPTED | <openpgp xmlns='urn:xmpp:openpgp:0'>a</openpgp>
            ENCRYPTED | <x xmlns='jabber:x:encrypted'>a</x>
            ENCRYPTED | <c xmlns='http://www.xmpp.org/extensions/xep-0200.html#ns'><data>a</data></c>
            ENCRYPTED | <e2e xmlns='urn:ietf:params:xml:ns:xmpp-e2e'>a</e2e>
            ENCRYPTION_NOTICE | <encryption xmlns='urn:xmpp:eme:0'/>
            DIRECT_INVITATION | <x xmlns='jabber:x:conference'/>
            MEDIATED_INVITATION | <x xmlns='http://jabber.org/protocol/muc#user'><invite/></x>
            CALL | <propose xmlns='urn:xmpp:jingle-message:0'/>
            CALL | <ringing xmlns='urn:xmpp:jingle-message:1'/>
            CALL | <invite xmlns='urn:xmpp:call-invites:0'/>
            CORRECTION | <replace xmlns='urn:xmpp:message-correct:0'/>
            RETRACTION | <retract xmlns='urn:xmpp:message-retract:0'/>
            RETRACTION | <retract xmlns='urn:xmpp:message-retract:1'/>
            MODERATION | <moderated xmlns='urn:xmpp:message-moderate:0'/>
            MODERATION | <moderated xmlns='urn:xmpp:message-moderate:1'/>
            REACTION | <reactions xmlns='urn:xmpp:reactions:0'/>
            FASTENING | <apply-to xmlns='urn:xmpp:fasten:0'/>
            RECEIPT | <received xmlns='urn:xmpp:receipts'/>
            RECEIPT_REQUEST | <request xmlns='urn:xmpp:receipts'/>
            MARKER | <received xmlns='urn:xmpp:chat-markers:0'/>
            MARKER | <displayed xmlns='urn:xmpp:chat-markers:0'/>
            MARKER | <acknowledged xmlns='urn:xmpp:chat-markers:0'/>
            MARKABLE | <markable xmlns='urn:xmpp:chat-markers:0'/>
            ATTENTION | <attention xmlns='urn:xmpp:attention:0'/>
            CHAT_STATE | <paused xmlns='http://jabber.org/protocol/chatstates'/>
            REAL_TIME_TEXT | <rtt xmlns='urn:xmpp:rtt:0'/>
            PUBSUB_EVENT | <event xmlns='http://jabber.org/protocol/pubsub#event'/>
            JINGLE | <jingle xmlns='urn:xmpp:jingle:1'/>
            JINGLE | <data xmlns='http://jabber.org/protocol/ibb'/>
            CARBON | <sent xmlns='urn:xmpp:carbons:2'/>
            CARBON | <received xmlns='urn:xmpp:carbons:2'/>
            ARCHIVE_RESULT | <result xmlns='urn:xmpp:mam:2'/>
            ARCHIVE_RESULT | <result xmlns='urn:xmpp:mam:1'/>
            ARCHIVE_RESULT | <result xmlns='urn:xmpp:mam:0'/>
            ARCHIVE_RESULT | <fin xmlns='urn:xmpp:mam:0'/>
            ARCHIVE_NOTIFICATION | <mamsub xmlns='urn:xmpp:mam:sub:0'/>
            NO_STORE | <no-store xmlns='urn:xmpp:hints'/>
            NO_STORE | <no-storage xmlns='urn:xmpp:hints'/>
            NO_PERMANENT_STORE | <no-permanent-store xmlns='urn:xmpp:hints'/>
            NO_PERMANENT_STORE | <no-permanent-storage xmlns='urn:xmpp:hints'/>
            STORE | <store xmlns='urn:xmpp:hints'/>
            NO_COPY | <no-copy xmlns='urn:xmpp:hints'/>
            PRIVATE | <private xmlns='urn:xmpp:carbons:2'/>
            IM_NG | <im-ng xmlns='urn:xmpp:im-ng:0'/>
            METADATA | <reference xmlns='urn:xmpp:reference:0'/>
            METADATA | <origin-id xmlns='urn:xmpp:sid:0'/>
            METADATA | <delay xmlns='urn:xmpp:delay'/>
            METADATA | <x xmlns='jabber:x:delay'/>
            METADATA | <reply xmlns='urn:xmpp:reply:0'/>
            METADATA | <fallback xmlns='urn:xmpp:fallback:0'/>
            METADATA | <occupant-id xmlns='urn:xmpp:occupant-id:0'/>
            METADATA | <headers xmlns='http://jabber.org/protocol/shim'/>
            METADATA | <addresses xmlns='http://jabber.org/protocol/address'/>
            METADATA | <nick xmlns='http://jabber.org/protocol/nick'/>
            METADATA | <amp xmlns='http://jabber.org/protocol/amp'/>
            """;

    private record Row(PayloadKind kind, String xml) {

        static Row of(String line) {
            String[] cells = line.split(" \\| ");
            return new Row(PayloadKind.valueOf(cells[0]), cells[1]);
        }

        /** The registry's line that knows this element, by its name or by its namespace alone. */
        String line(Set<String> lines) {
            Element element = Sample.parse("<message>" + xml + "</message>")
                    .getElement()
                    .elements()
                    .get(0);
            String named = element.getNamespaceURI() + " " + element.getName();
            return lines.contains(named) ? named : element.getNamespaceURI() + " *";
        }

        @Override
        public String toString() {
            return kind + " " + xml;
        }
    }

    static Stream<Row> rows() {
        Stream<String> ofTheStanza = Stream.of(
                        "", "jabber:client", "jabber:server", "jabber:component:accept", "jabber:component:connect")
                .flatMap(namespace -> OF_THE_STANZA.formatted(namespace).lines());
        return Stream.concat(ofTheStanza, OTHERS.lines()).map(Row::of);
    }

    @ParameterizedTest(name = "registry: {0}")
    @MethodSource("rows")
    void knows(Row row) {
        assertThat(Sample.chat(row.xml()).facts().payloads()).isEqualTo(PayloadKinds.of(row.kind()));
    }

    @Test
    void everyLineHasARow() {
        Set<String> lines = PayloadRegistry.standard().lines();

        assertThat(rows().map(row -> row.line(lines)).collect(Collectors.toSet()))
                .isEqualTo(lines);
    }
}
