package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.chat;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Section 7 of the rules page: the administrator's matchers. */
class StorePathsTest {

    private static final String RECEIVED = "<received xmlns='urn:xmpp:receipts'/>";
    private static final String PLAIN = "<plain xmlns='urn:example:plain'/>";
    private static final String ITEMS = "<event xmlns='urn:example:event'>"
            + "<items node='a'><item/></items><items node='b'><item id='7'><deep/></item></items></event>";

    private static final String STORE = "store";
    private static final String DO_NOT = "do not store";
    private static final String SILENT = "-";

    static Stream<Arguments> matchers() {
        return Stream.of(
                Arguments.of("/message/received,-/message/plain", RECEIVED, STORE),
                Arguments.of("/message/received,-/message/plain", PLAIN, DO_NOT),
                Arguments.of("/message/received,-/message/plain", RECEIVED + PLAIN, STORE),
                Arguments.of("/message/received,-/message/plain", PLAIN + RECEIVED, STORE),
                Arguments.of("-/message/plain,/message/received", RECEIVED + PLAIN, DO_NOT),
                Arguments.of("-/message/plain,/message/received", RECEIVED, STORE),
                Arguments.of("/message/received[urn:xmpp:receipts],/message/store-offline", RECEIVED, STORE),
                Arguments.of("/message/received[urn:xmpp:receipts],/message/store-offline", "<store-offline/>", STORE),
                Arguments.of("/message/received[urn:xmpp:receipts]", "<received xmlns='urn:example:r'/>", SILENT),
                // Every child that matches is tried, not only the first of that name.
                Arguments.of(
                        "/message/x[urn:example:b]", "<x xmlns='urn:example:a'/><x xmlns='urn:example:b'/>", STORE),
                Arguments.of("/message/event/items[node=b]", ITEMS, STORE),
                Arguments.of("/message/event/items[urn:example:event,node=b]/item[id=7]/deep", ITEMS, STORE),
                Arguments.of("/message/event/items[node=a]/item[id=7]", ITEMS, SILENT),
                Arguments.of("/message/*/*/*[id=7]", ITEMS, STORE),
                Arguments.of("-/message/*", PLAIN, DO_NOT),
                Arguments.of("/message/*", "", SILENT),
                Arguments.of("/message", "", STORE),
                Arguments.of("-/message[type=chat]", "", DO_NOT),
                Arguments.of("-/message[type=normal]", "", SILENT),
                Arguments.of("/message[jabber:client]/body[jabber:client]", "<body>a</body>", STORE),
                Arguments.of("/message[jabber:server]/body", "<body>a</body>", STORE),
                Arguments.of("/message[urn:example:a]/body", "<body>a</body>", SILENT),
                Arguments.of("+/message/plain", PLAIN, STORE),
                Arguments.of("/message/plain[urn:x=y]", "<plain xmlns='urn:x=y'/>", STORE),
                Arguments.of(
                        "/message/plain[urn:example:plain,a=b=c]", "<plain xmlns='urn:example:plain' a='b=c'/>", STORE),
                Arguments.of(
                        "/message/plain[urn:example:plain, a = b ]", "<plain xmlns='urn:example:plain' a='b'/>", STORE),
                Arguments.of("/message/h:plain", PLAIN, "position 10: expected '/', ',' or the end of the list"),
                Arguments.of(" -/message/plain , +/message/received ", PLAIN + RECEIVED, DO_NOT),
                Arguments.of("", RECEIVED, SILENT),
                Arguments.of("  ", RECEIVED, SILENT));
    }

    @ParameterizedTest(name = "§7: {0} of {1}: {2}")
    @MethodSource("matchers")
    void theFirstMatchDecides(String list, String children, String expected) {
        assertThat(outcome(list, children)).isEqualTo(expected);
    }

    private static String outcome(String list, String children) {
        StorePaths.Parsed parsed = StorePaths.parse(list);
        if (parsed instanceof StorePaths.Mistake mistake) {
            return "position " + mistake.position() + ": " + mistake.message();
        }
        return chat(children)
                .underPaths(list)
                .facts()
                .storePath()
                .map(path -> path.store() ? STORE : DO_NOT)
                .orElse(SILENT);
    }

    @ParameterizedTest(name = "§7 grammar: {0} fails at {1}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "message/body | 0 | a path starts with /message",
                "-message/body | 1 | a path starts with /message",
                "--/message | 1 | a path starts with /message",
                "/iq/query | 1 | a path starts with /message",
                "/*/body | 1 | a path starts with /message",
                "/ | 1 | expected an element's name or *",
                "/message/ | 9 | expected an element's name or *",
                "/message//body | 9 | expected an element's name or *",
                "/message/1body | 9 | expected an element's name or *",
                "/message/body, | 14 | a path starts with /message",
                ",/message/body | 0 | a path starts with /message",
                "/message/body,,/message/x | 14 | a path starts with /message",
                "/message/x[urn:a | 10 | this bracket is not closed",
                "/message/x] | 10 | expected '/', ',' or the end of the list",
                "/message/x[] | 11 | expected a namespace",
                "/message/x[,a=b] | 11 | expected a namespace",
                "/message/x[urn:a,] | 17 | expected attribute=value",
                "/message/x[urn:a,b] | 17 | expected attribute=value",
                "/message/x[urn:a,=b] | 17 | expected attribute=value",
                "/message/x[a=] | 13 | expected the attribute's value",
                "/message/x[urn:a,b=] | 19 | expected the attribute's value",
                "/message/x[a=b,urn:c] | 11 | the namespace stands before the attribute",
                "/message/x[urn:a,b=c,d=e] | 20 | one attribute at most",
                "/message/x[xmlns=urn:a] | 11 | write the namespace alone, without xmlns=",
                "/message/x[urn:a b] | 16 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x[urn:a\u00a0b] | 16 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x[\u00a0urn:a] | 11 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x[urn:\u3000a] | 15 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x[urn:\u200ba] | 15 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x[a[b] | 12 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x['urn:a'] | 11 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x[ 'urn:a'] | 12 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x[urn:a',b=c] | 16 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x[@type=chat] | 11 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x[{urn:a}] | 11 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x[urn:a}] | 16 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x[!urn:a] | 11 | a namespace has no spaces, brackets, quotes or any of @ { } ! in it",
                "/message/x[a='b'] | 13 | a value has no quotes or brackets in it",
                "/message/x[a= 'b'] | 14 | a value has no quotes or brackets in it",
                "/message/x[urn:a,b=c'] | 20 | a value has no quotes or brackets in it",
                "/message/x[a=b[c] | 14 | a value has no quotes or brackets in it",
                "/message/x[a==b] | 13 | a value does not start with =",
                "/message/x[urn:a,b==c] | 19 | a value does not start with =",
                "/message/x[urn:a]b | 17 | expected '/', ',' or the end of the list",
                "/message/x y | 11 | expected '/', ',' or the end of the list",
                "/message/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p | 39 | a path has at most 16 steps"
            })
    void mistakesHaveAPosition(String list, int position, String message) {
        assertThat(StorePaths.parse(list)).isEqualTo(new StorePaths.Mistake(position, message));
    }

    @Test
    void doubleQuotesAreRefusedToo() {
        assertThat(StorePaths.parse("/message/x[\"urn:a\"]"))
                .isEqualTo(new StorePaths.Mistake(
                        11, "a namespace has no spaces, brackets, quotes or any of @ { } ! in it"));
        assertThat(StorePaths.parse("/message/x[a=\"b\"]"))
                .isEqualTo(new StorePaths.Mistake(13, "a value has no quotes or brackets in it"));
    }

    @Test
    void namesMayHaveLettersBeyondTheBasicPlane() {
        StorePaths paths = Sample.paths("/message/\ud800\udc00\ud800\udc01[\ud800\udc02=1]");

        assertThat(paths.paths().get(0).steps().get(1))
                .isEqualTo(new StorePath.Step(
                        "\ud800\udc00\ud800\udc01",
                        Optional.empty(),
                        Optional.of(new StorePath.Attribute("\ud800\udc02", "1"))));
    }

    @ParameterizedTest(name = "§7: {0} of type {1}: {2}")
    @CsvSource(
            nullValues = "none",
            value = {
                "/message[type=normal], none, true",
                "/message[type=normal], normal, true",
                "/message[type=normal], Chat, true",
                "/message[type=Chat], Chat, false",
                "/message[type=chat], chat, true",
                "/message[type=chat], none, false",
                "/message[type=headline], headline, true",
                // R03: what an error echoes is read as type chat.
                "/message[type=chat], error, true",
                "/message[type=error], error, false",
                "/message[type=normal]/body, none, true"
            })
    void theTypeIsTheOneThatCounts(String list, String type, boolean matches) {
        assertThat(chat(Sample.BODY).typed(type).underPaths(list).facts().storePath())
                .matches(path -> path.isPresent() == matches);
    }

    @Test
    void aPathKeepsWhatTheAdministratorWrote() {
        StorePaths paths = Sample.paths(" -/message/x[urn:a,b=c]/* , /message/y");

        assertThat(paths.paths())
                .extracting(StorePath::source)
                .containsExactly("-/message/x[urn:a,b=c]/*", "/message/y");
    }

    @Test
    void withoutPathsNothingIsSearched() {
        assertThat(StorePaths.NONE.search(ElementView.empty("message", ""))).isSameAs(StorePaths.Search.NOTHING);
    }
}
