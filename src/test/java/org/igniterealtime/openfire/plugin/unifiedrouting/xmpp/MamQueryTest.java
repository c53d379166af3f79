package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.xml;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PeerFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xmpp.packet.JID;
import org.xmpp.packet.PacketError;

/** XEP-0313 §4.1. */
class MamQueryTest {

    private static final PageSize LIMITS = new PageSize(50, 250, 100_000);
    private static final Paging FIRST_PAGE = Paging.fromStart(50).within(100_000);
    private static final String FORM_TYPE = field("FORM_TYPE", "urn:xmpp:mam:2");

    @Test
    void anEmptyQueryMeansTheWholeArchive() {
        assertThat(MamQuery.read(xml("<query xmlns='urn:xmpp:mam:2'/>"), "romeo", LIMITS))
                .isEqualTo(ArchiveQuery.all("romeo", FIRST_PAGE));
        assertThat(read(FORM_TYPE)).isEqualTo(ArchiveQuery.all("romeo", FIRST_PAGE));
    }

    @Test
    void fieldsAreRead() {
        ArchiveQuery query = read(FORM_TYPE
                + field("with", "Juliet@Capulet.example/Balcony")
                + field("start", "2010-06-07T00:00:00Z")
                + field("end", "2010-07-07T13:23:54+02:00"));
        assertThat(query)
                .isEqualTo(new ArchiveQuery(
                        "romeo",
                        Optional.of(new PeerFilter(new JID("juliet@capulet.example/Balcony"))),
                        Optional.of(Instant.parse("2010-06-07T00:00:00Z")),
                        Optional.of(Instant.parse("2010-07-07T11:23:54Z")),
                        FIRST_PAGE));
    }

    @Test
    void spacesOfAResourceAreKeptAndThoseOfALayoutAreNot() {
        for (String resource : List.of("a  b", "a ", "a\u3000b")) {
            JID peer = new JID("juliet@capulet.example/" + resource);
            assertThat(with(peer.toString())).isEqualTo(peer);
            assertThat(with("\n    " + peer + "\n    "))
                    .isEqualTo(new JID(peer.toString().stripTrailing()));
        }
        JID bare = new JID("juliet@capulet.example");
        assertThat(List.of(with(" " + bare + " "), with("\n\t" + bare + "\n"))).containsOnly(bare);
        assertThat(read(FORM_TYPE + field("after-id", "\n  mid\n ")).filter().afterId())
                .contains(new Mid("mid"));
        assertThat(read(FORM_TYPE + field("with", " ".repeat(1 << 20))).filter())
                .isEqualTo(ArchiveQuery.Filter.NONE);
    }

    private static JID with(String value) {
        return read(FORM_TYPE + field("with", value))
                .filter()
                .with()
                .orElseThrow()
                .jid();
    }

    @Test
    void aStartWithinAMillisecondDoesNotShowWhatIsOlder() {
        assertThat(read(FORM_TYPE + field("start", "2010-06-07T00:00:00.0011Z"))
                        .filter()
                        .start())
                .contains(Instant.parse("2010-06-07T00:00:00.002Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "with, @, bad_request",
        "start, yesterday, bad_request",
        "end, 2010-06-07, bad_request",
        "start, +999999999-12-31T23:59:59Z, bad_request",
        "end, -999999999-01-01T00:00:00Z, bad_request",
        "withtext, Ay me!, feature_not_implemented",
        "{urn:xmpp:fulltext:0}fulltext, x, feature_not_implemented"
    })
    void whatCannotBeAnsweredIsRefused(String field, String value, PacketError.Condition condition) {
        assertThat(refusal(FORM_TYPE + field(field, value))).isEqualTo(condition);
    }

    @Test
    void asManyIdsMayBeNamedAsTheLimitSays() {
        assertThat(read(FORM_TYPE + ids(1_000) + ids(1_000)).filter().ids()).hasSize(1_000);
        assertThat(refusal(FORM_TYPE + ids(1_001))).isEqualTo(PacketError.Condition.bad_request);
    }

    private static String ids(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "<value>mid" + i + "</value>")
                .collect(Collectors.joining("", "<field var='ids'>", "</field>"));
    }

    @Test
    void theFormMustBeTheArchives() {
        assertThat(refusal("")).isEqualTo(PacketError.Condition.bad_request);
        assertThat(refusal(field("FORM_TYPE", "urn:xmpp:mam:1"))).isEqualTo(PacketError.Condition.bad_request);
        assertThat(refusal(field("with", "juliet@capulet.example"))).isEqualTo(PacketError.Condition.bad_request);
    }

    @Test
    void theFormThatIsOfferedNamesWhatIsUnderstood() {
        Element form = MamQuery.form();
        assertThat(form.elements("field"))
                .extracting(field -> field.attributeValue("var"))
                .containsExactlyInAnyOrder("FORM_TYPE", "with", "start", "end", "before-id", "after-id", "ids");
    }

    private static String field(String name, String value) {
        return "<field var='" + name + "'><value>" + value + "</value></field>";
    }

    private static ArchiveQuery read(String fields) {
        return MamQuery.read(
                xml("<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'>" + fields + "</x></query>"),
                "romeo",
                LIMITS);
    }

    private static PacketError.Condition refusal(String fields) {
        return catchThrowableOfType(StanzaError.class, () -> read(fields))
                .error()
                .getCondition();
    }
}
