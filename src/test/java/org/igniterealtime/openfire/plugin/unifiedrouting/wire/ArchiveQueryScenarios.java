package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.IqError;
import org.igniterealtime.openfire.testclient.MamPage;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smackx.mam.MamManager;
import org.junit.jupiter.api.Test;
import org.jxmpp.jid.impl.JidCreate;

/** Reading the archive, PROTOCOL section 5: what is there so far of XEP-0313. Each test has accounts of its own. */
abstract class ArchiveQueryScenarios {

    private static final String METADATA = "<metadata xmlns='urn:xmpp:mam:2'/>";

    abstract OpenfireExtension openfire();

    static OpenfireExtension withAccounts(OpenfireExtension openfire) {
        // Nobody is there to receive; an error for one too many would be in the archive of its author as well.
        return openfire.with("plugin.unifiedrouting.offline.pair-limit", "0").with(options -> {
            for (String account : List.of(
                    "pager",
                    "filter",
                    "timer",
                    "smacker",
                    "wrong",
                    "shaper",
                    "counted",
                    "ranger",
                    "flipper",
                    "ends",
                    "former",
                    "keeper",
                    "trimmer",
                    "amnesiac",
                    "picky")) {
                options = options.withAccount(account, "secret");
            }
            return options;
        });
    }

    @Test
    void pagesForwardsAndBackwardsHoldEveryMessageOnce() {
        RawClient reader = openfire().client("pager", "phone");
        List<String> sent = fill(reader, "alice@localhost", 23);

        MamPage first = MamQuery.by(reader).max(10).send();
        assertThat(first.bodies()).isEqualTo(sent.subList(0, 10));
        assertThat(first.complete()).isFalse();
        assertThat(first.count()).isEqualTo(23);
        MamPage second = MamQuery.by(reader).max(10).after(first.last()).send();
        assertThat(second.bodies()).isEqualTo(sent.subList(10, 20));
        MamPage third = MamQuery.by(reader).max(10).after(second.last()).send();
        assertThat(third.bodies()).isEqualTo(sent.subList(20, 23));
        assertThat(third.complete()).isTrue();

        MamPage last = MamQuery.by(reader).max(10).before("").send();
        assertThat(last.bodies()).isEqualTo(sent.subList(13, 23));
        assertThat(last.complete()).isFalse();
        MamPage middle = MamQuery.by(reader).max(10).before(last.first()).send();
        assertThat(middle.bodies()).isEqualTo(sent.subList(3, 13));
        MamPage oldest = MamQuery.by(reader).max(10).before(middle.first()).send();
        assertThat(oldest.bodies()).isEqualTo(sent.subList(0, 3));
        assertThat(oldest.complete()).isTrue();

        MamPage afterTheLast = MamQuery.by(reader).max(10).after(last.last()).send();
        assertThat(afterTheLast.results()).isEmpty();
        assertThat(afterTheLast.complete()).isTrue();
        assertThat(afterTheLast.first()).isNull();
        assertThat(afterTheLast.last()).isNull();
    }

    @Test
    void withMatchesAllResourcesOfABareJidAndOneOfAFullJid() {
        RawClient reader = openfire().client("filter", "phone");
        RawClient aliceHome = openfire().client("alice", "home");
        RawClient aliceWork = openfire().client("alice", "work");
        fill(reader, "bob@localhost", 2);
        say(aliceHome, "filter@localhost", "from home");
        say(aliceWork, "filter@localhost", "from work");
        say(reader, aliceHome.jid(), "to home");
        say(reader, "filter@localhost", "to myself");

        assertThat(bodies(MamQuery.by(reader).with("alice@localhost")))
                .containsExactly("from home", "from work", "to home");
        assertThat(bodies(MamQuery.by(reader).with(aliceHome.jid()))).containsExactly("from home", "to home");
        assertThat(bodies(MamQuery.by(reader).with("filter@localhost"))).containsExactly("to myself");
        assertThat(bodies(MamQuery.by(reader).with("nobody@elsewhere.example"))).isEmpty();
    }

    @Test
    void startAndEndAreInclusive() {
        RawClient reader = openfire().client("timer", "phone");
        List<String> sent = fill(reader, "alice@localhost", 5);
        List<MamResult> all = MamQuery.by(reader).all(10);
        Instant first = all.get(0).stamp();
        Instant last = all.get(all.size() - 1).stamp();

        assertThat(bodies(MamQuery.by(reader).start(first).end(last))).isEqualTo(sent);
        assertThat(bodies(MamQuery.by(reader).start(last.plusMillis(1)))).isEmpty();
        assertThat(bodies(MamQuery.by(reader).end(first.minusMillis(1)))).isEmpty();
        Instant third = all.get(2).stamp();
        assertThat(bodies(MamQuery.by(reader).start(third)))
                .isEqualTo(all.stream()
                        .filter(result -> !result.stamp().isBefore(third))
                        .map(result -> body(result.message()))
                        .toList());
    }

    @Test
    void smackReadsTheArchive() throws Exception {
        XMPPTCPConnection smack = openfire().smack("smacker", "phone");
        RawClient alice = openfire().client("alice", "home");
        IntStream.range(0, 7).forEach(i -> say(alice, "smacker@localhost", "smack " + i));
        MamManager archive = MamManager.getInstanceFor(smack);
        assertThat(archive.isSupported()).isTrue();

        MamManager.MamQueryArgs arguments = MamManager.MamQueryArgs.builder()
                .limitResultsToJid(JidCreate.from("alice@localhost"))
                .setResultPageSizeTo(3)
                .build();
        MamManager.MamQuery query = archive.queryArchive(arguments);
        List<String> read = new ArrayList<>();
        query.getMessages().forEach(message -> read.add(message.getBody()));
        while (!query.isComplete()) {
            query.pageNext(3).forEach(message -> read.add(message.getBody()));
        }
        assertThat(read)
                .isEqualTo(IntStream.range(0, 7).mapToObj(i -> "smack " + i).toList());
        assertThat(archive.queryMostRecentPage(JidCreate.from("alice@localhost"), 2)
                        .getMessages())
                .extracting(message -> message.getBody())
                .containsExactly("smack 5", "smack 6");
        assertThat(archive.retrieveFormFields())
                .extracting(field -> field.getFieldName())
                .contains("with", "start", "end");
    }

    @Test
    void idsBoundAndSelect() {
        RawClient reader = openfire().client("ranger", "phone");
        List<String> sent = fill(reader, "alice@localhost", 12);
        List<String> mids =
                MamQuery.by(reader).all(5).stream().map(MamResult::id).toList();

        assertThat(bodies(MamQuery.by(reader).afterId(mids.get(3)).beforeId(mids.get(7))))
                .isEqualTo(sent.subList(4, 7));
        assertThat(bodies(MamQuery.by(reader).ids(mids.get(9), mids.get(1), mids.get(5))))
                .containsExactly(sent.get(1), sent.get(5), sent.get(9));
        MamPage page = MamQuery.by(reader)
                .afterId(mids.get(1))
                .beforeId(mids.get(10))
                .max(3)
                .before("")
                .send();
        assertThat(page.bodies()).isEqualTo(sent.subList(7, 10));
        assertThat(page.complete()).isFalse();
        page = MamQuery.by(reader)
                .afterId(mids.get(1))
                .max(20)
                .before(page.first())
                .send();
        assertThat(page.bodies()).isEqualTo(sent.subList(2, 7));
        assertThat(page.complete()).isTrue();
        for (MamQuery unknown : List.of(
                MamQuery.by(reader).afterId("unknown"),
                MamQuery.by(reader).beforeId("unknown"),
                MamQuery.by(reader).ids(mids.get(0), "unknown"))) {
            assertError(unknown, "item-not-found");
        }
    }

    @Test
    void flippedPageIsTheSamePageInReverseOrder() {
        RawClient reader = openfire().client("flipper", "phone");
        List<String> sent = fill(reader, "alice@localhost", 6);
        MamPage straight = MamQuery.by(reader).max(4).before("").send();
        MamPage flipped = MamQuery.by(reader).max(4).before("").flipPage().send();
        assertThat(straight.bodies()).isEqualTo(sent.subList(2, 6));
        assertThat(flipped.bodies()).containsExactly(sent.get(5), sent.get(4), sent.get(3), sent.get(2));
        assertThat(flipped.first()).isEqualTo(straight.first());
        assertThat(flipped.last()).isEqualTo(straight.last());
        assertThat(flipped.complete()).isFalse();
    }

    @Test
    void metadataNamesBothEnds() {
        RawClient reader = openfire().client("ends", "phone");
        assertThat(child(reader.iq("get", METADATA), "metadata", "urn:xmpp:mam:2")
                        .elements())
                .isEmpty();
        fill(reader, "alice@localhost", 3);
        List<MamResult> all = MamQuery.by(reader).all(10);
        Element metadata = child(reader.iq("get", METADATA), "metadata", "urn:xmpp:mam:2");
        for (int end : List.of(0, 2)) {
            Element named = child(metadata, end == 0 ? "start" : "end", "urn:xmpp:mam:2");
            assertThat(named.attributeValue("id")).isEqualTo(all.get(end).id());
            assertThat(Instant.parse(named.attributeValue("timestamp")))
                    .isEqualTo(all.get(end).stamp());
        }
    }

    @Test
    void formOffersWhatCanBeAskedFor() {
        RawClient reader = openfire().client("former", "phone");
        Element query = child(reader.iq("get", "<query xmlns='urn:xmpp:mam:2'/>"), "query", "urn:xmpp:mam:2");
        Element form = child(query, "x", "jabber:x:data");
        assertThat(form.attributeValue("type")).isEqualTo("form");
        assertThat(form.elements("field"))
                .extracting(field -> field.attributeValue("var") + ' ' + field.attributeValue("type"))
                .containsExactly(
                        "FORM_TYPE hidden",
                        "with jid-single",
                        "start text-single",
                        "end text-single",
                        "before-id text-single",
                        "after-id text-single",
                        "ids list-multi");
        Element ids = form.elements("field").get(6);
        Element validate = child(ids, "validate", "http://jabber.org/protocol/xdata-validate");
        assertThat(validate.attributeValue("datatype")).isEqualTo("xs:string");
        assertThat(validate.elements()).extracting(Element::getName).containsExactly("open");
    }

    @Test
    void ownerTrimsUpToAndIncludingAMessage() {
        RawClient reader = openfire().client("trimmer", "phone");
        List<String> sent = fill(reader, "alice@localhost", 5);
        List<String> mids =
                MamQuery.by(reader).all(10).stream().map(MamResult::id).toList();

        assertThat(new IqError(reader.iq("set", trim("unknown"))).condition()).isEqualTo("item-not-found");
        assertThat(MamQuery.by(reader).all(10)).hasSize(5);
        SubscriptionScenarios.assertResult(reader.iq("set", trim(mids.get(1))));
        MamPage left = MamQuery.by(reader).send();
        assertThat(left.bodies()).isEqualTo(sent.subList(2, 5));
        assertThat(left.count()).isEqualTo(3);
        assertError(MamQuery.by(reader).after(mids.get(1)), "item-not-found");
        assertThat(new IqError(reader.iq("get", trim(mids.get(2)))).condition()).isEqualTo("bad-request");
        assertThat(new IqError(reader.iq("set", "alice@localhost", trim(mids.get(2)))).condition())
                .isEqualTo("forbidden");

        SubscriptionScenarios.assertResult(reader.iq("set", "<trim xmlns='urn:xmpp:mamtrim:0'/>"));
        assertThat(MamQuery.by(reader).send().results()).isEmpty();
        say(reader, "alice@localhost", "a new leaf");
        assertThat(bodies(MamQuery.by(reader))).containsExactly("a new leaf");
    }

    @Test
    void preferencesSayWhatIsArchived() {
        RawClient owner = openfire().client("picky", "phone");
        RawClient alice = openfire().client("alice", "home");
        RawClient bob = openfire().client("bob", "home");
        assertThat(prefs(owner.iq("get", "<prefs xmlns='urn:xmpp:mam:2'/>"))).isEqualTo("always + -");

        Element answer = owner.iq(
                "set",
                "<prefs xmlns='urn:xmpp:mam:2' default='never'><always><jid>alice@localhost</jid></always>"
                        + "<never><jid>alice@localhost/secret</jid></never></prefs>");
        assertThat(prefs(answer)).isEqualTo("never +alice@localhost -alice@localhost/secret");
        assertThat(prefs(owner.iq("get", "<prefs xmlns='urn:xmpp:mam:2'/>")))
                .isEqualTo("never +alice@localhost -alice@localhost/secret");
        say(alice, "picky@localhost", "from alice");
        say(bob, "picky@localhost", "from bob");
        say(owner, "alice@localhost/secret", "to alice in secret");
        say(owner, "alice@localhost", "to alice");
        assertThat(bodies(MamQuery.by(owner))).containsExactly("from alice", "to alice");
        assertThat(bodies(MamQuery.by(bob).with("picky@localhost"))).containsExactly("from bob");

        owner.iq("set", "<query xmlns='jabber:iq:roster'><item jid='bob@localhost'/></query>");
        owner.iq("set", "<prefs xmlns='urn:xmpp:mam:2' default='roster'><always/><never/></prefs>");
        say(alice, "picky@localhost", "no contact");
        say(bob, "picky@localhost", "a contact");
        assertThat(bodies(MamQuery.by(owner))).containsExactly("from alice", "to alice", "a contact");

        for (String wrong : List.of(
                "<prefs xmlns='urn:xmpp:mam:2'/>",
                "<prefs xmlns='urn:xmpp:mam:2' default='sometimes'/>",
                "<prefs xmlns='urn:xmpp:mam:2' default='always'><never><jid>@@</jid></never></prefs>")) {
            assertThat(new IqError(owner.iq("set", wrong)).condition()).isEqualTo("bad-request");
        }
        assertThat(prefs(owner.iq("get", "<prefs xmlns='urn:xmpp:mam:2'/>"))).isEqualTo("roster + -");
    }

    @Test
    void wrongQueriesGetTheDocumentedError() {
        RawClient reader = openfire().client("wrong", "phone");
        fill(reader, "alice@localhost", 1);
        assertError(MamQuery.by(reader).after("no-such-id"), "item-not-found");
        assertError(MamQuery.by(reader).before("no-such-id"), "item-not-found");
        assertError(MamQuery.by(reader).before("x".repeat(5000)), "item-not-found");
        assertError(MamQuery.by(reader).max("-1"), "bad-request");
        assertError(MamQuery.by(reader).max("many"), "bad-request");
        assertError(MamQuery.by(reader).field("start", "yesterday"), "bad-request");
        assertError(MamQuery.by(reader).field("end", "2026-13-01T00:00:00Z"), "bad-request");
        assertError(MamQuery.by(reader).field("with", "@@"), "bad-request");
        assertError(MamQuery.by(reader).field("{urn:example}colour", "red"), "feature-not-implemented");
        assertError(MamQuery.by(reader).formType("urn:xmpp:mam:1").with("alice@localhost"), "bad-request");
        Element indexed = reader.iq(
                "set",
                "<query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'>"
                        + "<index>3</index></set></query>");
        assertThat(new IqError(indexed).condition()).isEqualTo("feature-not-implemented");
        assertThat(MamQuery.by(reader).send().results()).hasSize(1);
    }

    @Test
    void maxZeroCountsAndLargePagesAreCapped() {
        RawClient reader = openfire().client("counted", "phone");
        fill(reader, "alice@localhost", 260);
        MamPage count = MamQuery.by(reader).max(0).send();
        assertThat(count.results()).isEmpty();
        assertThat(count.count()).isEqualTo(260);
        assertThat(count.complete()).isFalse();
        assertThat(MamQuery.by(reader).send().results()).hasSize(50);
        MamPage capped = MamQuery.by(reader).max(100_000).send();
        assertThat(capped.results()).hasSize(250);
        assertThat(capped.complete()).isFalse();
    }

    @Test
    void contentComesBackAsItWasSent() {
        RawClient reader = openfire().client("shaper", "phone");
        reader.send(
                "<message to='alice@localhost' type='chat' xml:lang='de'><body>5 &lt; 6 &amp; \"ja\" \u00fc \ud83d\ude00"
                        + " ]]&gt;</body><x xmlns='urn:example:x' xmlns:p='urn:example:p' p:a='1'><p:y>z</p:y><q xmlns=''/></x>"
                        + "</message>");
        Element message = MamQuery.by(reader).send().results().get(0).message();
        assertThat(message.getNamespaceURI()).isEqualTo("jabber:client");
        assertThat(body(message)).isEqualTo("5 < 6 & \"ja\" \u00fc \ud83d\ude00 ]]>");
        Element x = child(message, "x", "urn:example:x");
        assertThat(x.elements()).extracting(Element::getNamespaceURI).containsExactly("urn:example:p", "");
        assertThat(x.attribute(0).getNamespaceURI()).isEqualTo("urn:example:p");
    }

    private static String trim(String mid) {
        return "<trim xmlns='urn:xmpp:mamtrim:0'><id>" + mid + "</id></trim>";
    }

    private static String prefs(Element answer) {
        Element prefs = child(answer, "prefs", "urn:xmpp:mam:2");
        return prefs.attributeValue("default") + " +" + jids(prefs, "always") + " -" + jids(prefs, "never");
    }

    private static String jids(Element prefs, String list) {
        return child(prefs, list, "urn:xmpp:mam:2").elements().stream()
                .map(Element::getText)
                .sorted()
                .collect(Collectors.joining(","));
    }

    private static void assertError(MamQuery query, String condition) {
        assertThatThrownBy(query::send)
                .isInstanceOfSatisfying(
                        IqError.class, error -> assertThat(error.condition()).isEqualTo(condition));
    }

    static List<String> fill(RawClient sender, String to, int messages) {
        List<String> bodies =
                IntStream.range(0, messages).mapToObj(i -> "message " + i).toList();
        bodies.forEach(text -> sender.send("<message to='" + to + "' type='chat'><body>" + text + "</body></message>"));
        sender.sync();
        return bodies;
    }

    private static void say(RawClient sender, String to, String text) {
        sender.send("<message to='" + to + "' type='chat'><body>" + text + "</body></message>");
        sender.sync();
    }

    static List<String> bodies(MamQuery query) {
        return Stream.of(query.send()).flatMap(page -> page.bodies().stream()).toList();
    }
}
