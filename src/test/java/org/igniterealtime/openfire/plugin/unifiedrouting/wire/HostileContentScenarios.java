package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.inStream;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withAttribute;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.Infoset;
import org.igniterealtime.openfire.testclient.IqError;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.Xml;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Contents that parsers and databases stumble over. What is accepted comes back from the archive as it was delivered, to the
 * last character; what is not is refused with an error; and in either case nothing else is lost. Each test is a message
 * between two others.
 */
abstract class HostileContentScenarios {

    private static final int MEBI = 1 << 20;

    /** Large messages take their time. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** As many levels as a message may have (XmlContent.DEPTH), but for the message itself. */
    private static final int LEVELS = 255;

    private RawClient alice;
    private RawClient bob;
    private String id;

    abstract OpenfireExtension openfire();

    @BeforeEach
    void say() {
        alice = login("alice", "home");
        bob = login("bob", "phone").presence();
        id = alice.nextId();
        say("before " + id);
    }

    private RawClient login(String user, String resource) {
        RawClient client = openfire().client(user, resource);
        client.setPatience(PATIENCE);
        return client;
    }

    private void say(String text) {
        alice.send("<message to='bob@localhost' type='chat'><body>" + text + "</body></message>");
        assertThat(stanzaId(bob.await(withBody(text)), "bob@localhost")).isNotNull();
    }

    /** Nobody was sent anything that a test has not asked for. */
    @AfterEach
    void nothingIsLeft() {
        alice.assertNoMore(message());
        bob.assertNoMore(message());
    }

    // What is accepted

    static Stream<Arguments> accepted() {
        return Stream.of(
                arguments(
                        "characters beyond the basic plane",
                        "<body>👩‍👩‍👧 𝄞 \uD83D\uDE00 \uDBFF\uDFFF</body><x xmlns='urn:x' a='\uD83D\uDE00'>𝄞</x>"),
                arguments(
                        "odd characters", "<body>\u007F\u0085\u009F\u2028\uFEFF\uFFFD\uE000 e\u0301 \u202Eabc</body>"),
                arguments("the end of a CDATA section", "<body>]]&gt; ]] ]&gt;</body><x xmlns='urn:x' a=\"]]>\"/>"),
                arguments("a CDATA section", "<body><![CDATA[<b>&amp; ]]]]><![CDATA[> \uD83D\uDE00]]></body>"),
                arguments("a stanza in a CDATA section", "<body><![CDATA[</body></message><message to='x'>]]></body>"),
                arguments("what has to be escaped", "<body>&lt;&amp;&gt;&quot;&apos; &amp;lt; &#38;#13;</body>"),
                arguments(
                        "what has to be escaped in attributes",
                        "<body>x</body><x xmlns='urn:x' a='&lt;&amp;&quot;&apos;&amp;#10;' b=\"'\" c=\"a > b/>\"/>"),
                arguments(
                        "attributes with namespaces",
                        "<body>x</body><x xmlns='urn:x' xmlns:p='urn:p' xmlns:q='urn:q' a='1' p:a='2' q:a='3'/>"),
                arguments("an attribute that looks like the type", "<body>x</body><x xmlns='urn:x' type='error'/>"),
                arguments(
                        "one prefix for several namespaces",
                        "<body>x</body><p:x xmlns:p='urn:1'><p:y xmlns:p='urn:2' p:a='2'/><p:z p:a='1'/></p:x>"),
                arguments("no namespace", "<body>x</body><x xmlns='urn:x'><y xmlns=''><z xmlns='urn:x'/></y></x>"),
                arguments("languages", "<body xml:lang='de'>x</body><body xml:lang='tlh'>y</body>"),
                arguments("white space", "<body>  a\n\tb  \n</body><x xmlns='urn:x' xml:space='preserve'>  </x>"),
                arguments("nothing but white space", "<body> \n\t </body>"),
                arguments("empty elements", "<body>x</body><subject></subject><x xmlns='urn:x' a=''></x>"),
                arguments("text between elements", "<body>x</body><x xmlns='urn:x'>a<y/>b<z>c</z>d</x>"),
                arguments("names with letters of other languages", "<body>x</body><größe xmlns='urn:ü' länge='1'/>"),
                arguments(
                        "many attributes",
                        "<body>x</body><x xmlns='urn:x'"
                                + IntStream.range(0, 500)
                                        .mapToObj(i -> " a" + i + "='" + i + "'")
                                        .collect(Collectors.joining())
                                + "/>"),
                arguments("many elements", "<body>x</body><x xmlns='urn:x'>" + "<y/>".repeat(10_000) + "</x>"),
                arguments("as many levels as may be", "<body>x</body>" + nested(LEVELS)));
    }

    private static String nested(int levels) {
        return "<x xmlns='urn:x'>" + "<x>".repeat(levels - 1) + "</x>".repeat(levels - 1) + "</x>";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("accepted")
    void whatIsAcceptedIsDeliveredAndReadBackAsItWasSent(String what, String content) {
        assertSameEverywhere(messageToBob(content));
    }

    @Test
    void prefixesAndLanguageOfTheStanzaBelongToIt() {
        assertSameEverywhere("<message xmlns:p='urn:p' xmlns:q='urn:q' to='bob@localhost' type='chat' id='" + id
                + "' xml:lang='de' p:type='error'><body>x</body><p:x q:a='p:b'/></message>");
    }

    @Test
    void aMebibyteWithItsTagsIsDeliveredAndReadBack() {
        String around = messageToBob("<body></body>");
        assertSameEverywhere(messageToBob("<body>" + "x".repeat(MEBI - around.length()) + "</body>"));
    }

    @Test
    void threeMebibytesOfAMebiOfCharactersAreDeliveredAndReadBack() {
        String around = messageToBob("<body></body>");
        assertSameEverywhere(messageToBob("<body>" + "漢".repeat(MEBI - around.length()) + "</body>"));
    }

    @Test
    void fourByteCharactersAreDeliveredAndReadBackWhereverTheNetworkCutsThem() {
        assertSameEverywhere(messageToBob("<body>" + "\uD83D\uDE00".repeat(MEBI / 4) + "</body>"));
    }

    @Test
    void whatGrowsFivefoldWhenItIsWrittenIsDeliveredAndReadBack() {
        assertSameEverywhere(messageToBob("<body><![CDATA[" + "&".repeat(900_000) + "]]></body>"));
    }

    private String messageToBob(String content) {
        return "<message to='bob@localhost' type='chat' id='" + id + "'>" + content + "</message>";
    }

    private void assertSameEverywhere(String xml) {
        String sent = Infoset.ofMessage(inStream(xml));
        alice.send(xml);
        Element live = bob.await(withAttribute("id", id));
        say("after " + id);

        assertEqual("live", Infoset.ofMessage(live), sent);
        MamResult received = between(bob);
        assertEqual("in the archive", Infoset.ofMessage(received.message()), sent);
        assertThat(stanzaId(live, "bob@localhost")).isEqualTo(received.id());
        assertEqual("in the sender's archive", Infoset.ofMessage(between(alice).message()), sent);
    }

    /** What an archive holds between the two messages around. */
    private MamResult between(RawClient owner) {
        List<MamResult> last = lastOf(owner, 3);
        assertThat(body(last.get(0).message())).isEqualTo("before " + id);
        assertThat(body(last.get(2).message())).isEqualTo("after " + id);
        return last.get(1);
    }

    /** Page by page: a page has no more than a mebibyte of text. */
    private static List<MamResult> lastOf(RawClient owner, int messages) {
        List<MamResult> last = new ArrayList<>();
        String before = "";
        while (last.size() < messages) {
            List<MamResult> page = MamQuery.by(owner)
                    .max(messages - last.size())
                    .before(before)
                    .send()
                    .results();
            before = page.get(0).id();
            last.addAll(0, page);
        }
        return last;
    }

    /** Without showing a mebibyte. */
    private static void assertEqual(String where, String is, String expected) {
        int same = 0;
        while (same < Math.min(is.length(), expected.length()) && is.charAt(same) == expected.charAt(same)) {
            same++;
        }
        assertThat(is.substring(same, Math.min(is.length(), same + 100)))
                .as("%s, from character %d of %d on", where, same, expected.length())
                .isEqualTo(expected.substring(same, Math.min(expected.length(), same + 100)));
    }

    // What Openfire changes before anybody sees it

    static Stream<Arguments> changed() {
        return Stream.of(
                arguments("carriage returns", "<body>a&#13;b&#13;&#10;c</body>"),
                arguments("white space in attributes", "<body>x</body><x xmlns='urn:x' a='&#10;&#13;&#9;z'/>"),
                arguments("comments", "<body>a<!-- c -->b</body><!-- <d> -->"),
                arguments("references beyond the basic plane", "<body>a&#x1F600;b</body>"),
                arguments("no namespace beside the body", "<body>x</body><x xmlns=''><y/></x>"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changed")
    void whatOpenfireChangesIsReadBackAsItWasDelivered(String what, String content) {
        assertDeliveredAndReadBack(messageToBob(content).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void bytesThatAreNoTextAreReadBackAsTheyWereDelivered() {
        // A lone byte of a longer character, a slash in two bytes, half of a pair of surrogates, beyond Unicode.
        byte[] bytes = messageToBob("<body>\u00FF \u00C0\u00AF \u00ED\u00A0\u00BD \u00F4\u0090\u0080\u0080.</body>")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertDeliveredAndReadBack(bytes);
    }

    private void assertDeliveredAndReadBack(byte[] xml) {
        alice.sendBytes(xml);
        Element live = bob.await(withAttribute("id", id));
        say("after " + id);
        assertThat(Infoset.ofMessage(between(bob).message())).isEqualTo(Infoset.ofMessage(live));
    }

    // What is refused

    static Stream<Arguments> noXml() {
        return Stream.of(
                arguments("NUL", "<body>a\0b</body>"),
                arguments("NUL in an attribute", "<body>x</body><x xmlns='urn:x' a='\0'/>"),
                arguments("a control character", "<body>a\u0001b</body>"),
                arguments("U+FFFE", "<body>a\uFFFEb</body>"),
                arguments("U+FFFF in an attribute", "<body>x</body><x xmlns='urn:x' a='\uFFFF'/>"),
                arguments("a reference to NUL", "<body>a&#0;b</body>"),
                arguments("a reference to a control character", "<body>a&#x1F;b</body>"),
                arguments("a reference to U+FFFF", "<body>a&#xFFFF;b</body>"),
                arguments("a reference to half of a pair", "<body>a&#xD83D;b</body>"),
                arguments("references to both halves", "<body>a&#xD83D;&#xDE00;b</body>"),
                arguments("a reference beyond Unicode", "<body>a&#x110000;b</body>"),
                arguments("a reference beyond numbers", "<body>a&#99999999999;b</body>"),
                arguments("an entity", "<body>a&nbsp;b</body>"),
                arguments("the end of a CDATA section", "<body>a ]]> b</body>"),
                arguments("a prefix that stands for nothing", "<body>x</body><p:x/>"),
                arguments("an attribute whose prefix stands for nothing", "<body>x</body><x xmlns='urn:x' p:a='1'/>"),
                arguments("an attribute twice", "<body>x</body><x xmlns='urn:x' a='1' a='2'/>"),
                arguments("tags that do not match", "<body>x</body><x xmlns='urn:x'><y></x></y>"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noXml")
    void whoSendsNoXmlLosesTheStreamAndNothingElse(String what, String content) {
        alice.send(messageToBob(content));
        alice.awaitEnd();
        alice = login("alice", "elsewhere");
        say("after " + id);
        for (RawClient owner : List.of(alice, bob)) {
            assertThat(lastOf(owner, 2))
                    .extracting(result -> body(result.message()))
                    .containsExactly("before " + id, "after " + id);
        }
    }

    /** Its parser looks for the end of a stanza by a simpler grammar than that of XML, and does not find it here. */
    static Stream<Arguments> endless() {
        return Stream.of(
                arguments("a processing instruction", "<body>a<?php x?>b</body>"),
                arguments("a quotation mark between apostrophes", "<body>x</body><x xmlns='urn:x' a='\"'/>"),
                arguments("a bracket between apostrophes", "<body>x</body><x xmlns='urn:x' a='>'/>"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endless")
    void whatOpenfireDoesNotSeeTheEndOfHoldsUpItsSenderOnly(String what, String content) {
        alice.send(messageToBob(content));
        RawClient carol = login("carol", "home");
        carol.send("<message to='bob@localhost' type='chat'><body>from carol " + id + "</body></message>");
        bob.await(withBody("from carol " + id));
        alice.drop();
        alice = login("alice", "elsewhere");
        say("after " + id);
        assertThat(lastOf(bob, 3))
                .extracting(result -> body(result.message()))
                .containsExactly("before " + id, "from carol " + id, "after " + id);
    }

    @ParameterizedTest
    @ValueSource(ints = {LEVELS + 1, 3_000, 30_000})
    void whatIsNestedTooDeepIsRefused(int levels) {
        assertRefused(messageToBob("<body>x</body>" + nested(levels)), "not-acceptable");
    }

    static Stream<Arguments> oddNames() {
        return Stream.of(
                arguments("a young letter", "<x\u13A0 xmlns='urn:x'/>"),
                arguments("a young letter in an attribute", "<x xmlns='urn:x' a\u13A0='1'/>"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oddNames")
    void namesThatNotEveryParserTakesAreRefused(String what, String content) {
        assertRefused(messageToBob("<body>x</body>" + content), "bad-request");
    }

    private void assertRefused(String xml, String condition) {
        alice.send(xml);
        Element error = alice.await(withAttribute("id", id));
        assertThat(errorCondition(error)).isEqualTo(condition);
        assertThat(error.elements()).extracting(Element::getName).containsExactly("error");
        say("after " + id);
        for (RawClient owner : List.of(alice, bob)) {
            assertThat(lastOf(owner, 2))
                    .extracting(result -> body(result.message()))
                    .containsExactly("before " + id, "after " + id);
        }
    }

    @Test
    void whatIsLargerThanOpenfireReadsEndsTheStream() {
        try {
            alice.send(messageToBob("<body>" + "x".repeat(8 * MEBI) + "</body>"));
        } catch (UncheckedIOException e) {
            // The server has closed the connection already.
        }
        alice.awaitEnd();
        alice = login("alice", "elsewhere");
        say("after " + id);
        assertThat(lastOf(bob, 2))
                .extracting(result -> body(result.message()))
                .containsExactly("before " + id, "after " + id);
    }

    // Addresses

    static Stream<Arguments> addresses() {
        String domain = ("d".repeat(63) + '.').repeat(16).substring(0, 1023);
        return Stream.of(
                arguments("3,071 characters", "n".repeat(1023) + '@' + domain + '/' + "r".repeat(1023)),
                arguments("3,071 bytes", "é".repeat(511) + "n@" + domain + '/' + "漢".repeat(341)),
                arguments("escaped characters", "d\\27artagnan\\20x@elsewhere.example"),
                arguments("characters of markup", "x@elsewhere.example/<&\"'>"),
                arguments("spaces", "x@elsewhere.example/  a  b "),
                arguments("another script", "жульетта@elsewhere.example/балкон"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("addresses")
    void anAddressIsKeptAndFound(String what, String address) {
        alice.send("<message to='" + Xml.escape(address) + "' type='chat' id='" + id + "'><body>x</body></message>");
        say("after " + id);
        assertThat(between(alice).message().attributeValue("to")).isEqualTo(address);
        String bare = address.replaceFirst("/.*", "");
        for (String with : List.of(address, bare)) {
            MamResult found = MamQuery.by(alice)
                    .with(with)
                    .max(1)
                    .before("")
                    .send()
                    .results()
                    .get(0);
            assertThat(found.message().attributeValue("id")).isEqualTo(id);
        }
    }

    @Test
    void aLongResourceReceivesAndIsFound() {
        alice.close();
        alice = login("alice", "漢".repeat(341)).presence();
        say("from afar " + id);
        bob.send("<message to='" + alice.jid() + "' type='chat'><body>to afar " + id + "</body></message>");
        alice.await(withBody("to afar " + id));
        assertThat(MamQuery.by(bob).with(alice.jid()).max(2).before("").send().bodies())
                .containsExactly("from afar " + id, "to afar " + id);
    }

    static Stream<Arguments> noAddresses() {
        return Stream.of(
                arguments("a local part that is too long", "n".repeat(1024) + "@elsewhere.example"),
                arguments("a domain that is too long", "x@" + ("d".repeat(63) + '.').repeat(17)),
                arguments("a resource that is too long", "bob@localhost/" + "r".repeat(1024)),
                arguments("a resource that is too long in bytes", "bob@localhost/" + "漢".repeat(342)),
                arguments("emoji", "\uD83D\uDE00@elsewhere.example"),
                arguments("emoji as the resource", "bob@localhost/\uD83D\uDE00"),
                arguments("a character beyond the basic plane", "𝄞@elsewhere.example"),
                arguments("a line", "bob@localhost/a&#10;b"),
                arguments("no address at all", "@@"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noAddresses")
    void whatIsNoAddressIsRefused(String what, String address) {
        assertRefused(
                "<message to='" + address + "' type='chat' id='" + id + "'><body>x</body></message>", "jid-malformed");
        assertThatThrownBy(() ->
                        MamQuery.by(bob).with(address.replace("&#10;", "\n")).send())
                .isInstanceOfSatisfying(
                        IqError.class, error -> assertThat(error.condition()).isEqualTo("bad-request"));
    }

    // Ids

    @Test
    void anIdOfAnyKindIsKept() {
        String hostile = "<&\"'\uD83D\uDE00 " + "i".repeat(3_000);
        alice.send("<message to='bob@localhost' type='chat' id='" + Xml.escape(hostile) + "'><body>x</body></message>");
        assertThat(body(bob.await(withAttribute("id", hostile)))).isEqualTo("x");
        say("after " + id);
        assertThat(between(bob).message().attributeValue("id")).isEqualTo(hostile);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D\uDE00", "' OR '1' = '1", "%", "\\", "a&#13;"})
    void anIdThatTheArchiveDoesNotKnowIsNotFoundWhateverItIs(String mid) {
        String set = "<set xmlns='http://jabber.org/protocol/rsm'><after>" + mid + "</after></set>";
        Element answer = alice.iq("set", "<query xmlns='urn:xmpp:mam:2'>" + set + "</query>");
        assertThat(new IqError(answer).condition()).isEqualTo("item-not-found");
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                arguments("NUL in the name of the query", "<query xmlns='urn:xmpp:mam:2' queryid='a\0b'/>"),
                arguments(
                        "NUL as an id",
                        "<query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><after>\0</after></set>"
                                + "</query>"),
                arguments("NUL in a preference", "<prefs xmlns='urn:xmpp:mam:2' default='\0'/>"),
                arguments("many levels", "<query xmlns='urn:xmpp:mam:2'>" + nested(30_000) + "</query>"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void aRequestThatNobodyCouldReadIsNotRepeatedInItsAnswer(String what, String request) {
        Element answer = alice.iq("set", request);
        assertThat(new IqError(answer).condition()).isEqualTo("bad-request");
        assertThat(answer.elements()).extracting(Element::getName).containsExactly("error");
        assertThat(lastOf(alice, 1)).hasSize(1);
    }
}
