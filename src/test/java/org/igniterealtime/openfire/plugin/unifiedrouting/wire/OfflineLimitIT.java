package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;

import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROTOCOL section 6: accounts set their own offline limit. What comes of it is another test's. */
class OfflineLimitIT {

    private static OpenfireExtension withOwnLimits() {
        return OpenfireExtension.on(TestDatabase.HSQLDB)
                .with("plugin.unifiedrouting.offline.user-limit.enabled", "true");
    }

    private static Element set(RawClient client, String limit) {
        return client.iq("set", "<msgoffline xmlns='msgoffline' limit='" + limit + "'/>");
    }

    private static String limit(RawClient client) {
        return limit(client.iq("get", "<msgoffline xmlns='msgoffline'/>"));
    }

    private static String limit(Element answer) {
        assertThat(answer.attributeValue("type")).as(answer.asXML()).isEqualTo("result");
        return child(answer, "msgoffline", "msgoffline").attributeValue("limit");
    }

    @Nested
    class UpToAMaximum {

        @RegisterExtension
        static final OpenfireExtension openfire = withOwnLimits();

        @Test
        void whoHasSetNothingHasTheAdministratorsLimit() {
            assertThat(limit(openfire.client("carol", "phone"))).isEqualTo("100");
        }

        @ParameterizedTest
        @ValueSource(strings = {"10", "0", "10000"})
        void theAnswerIsTheSameElementAndTheValueIsInForce(String value) {
            RawClient alice = openfire.client("alice", "phone");
            assertThat(limit(set(alice, value))).isEqualTo(value);
            assertThat(limit(alice)).isEqualTo(value);
            assertThat(limit(openfire.client("alice", "laptop"))).isEqualTo(value);
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource({
            "-1, bad-request",
            "ten, bad-request",
            "'', bad-request",
            "' 5', bad-request",
            "+5, bad-request",
            "1.5, bad-request",
            "2147483648, bad-request",
            "99999999999999999999, bad-request",
            "False, bad-request",
            "10001, not-acceptable",
            "2147483647, not-acceptable",
            // No limit at all is more than any number.
            "false, not-acceptable",
        })
        void aValueThatIsRefusedLeavesTheStoredOne(String value, String condition) {
            RawClient bob = openfire.client("bob", "phone");
            assertThat(limit(set(bob, "7"))).isEqualTo("7");
            assertThat(errorCondition(set(bob, value))).isEqualTo(condition);
            assertThat(limit(bob)).isEqualTo("7");
        }

        @Test
        void aLimitMustBeThere() {
            RawClient bob = openfire.client("bob", "phone");
            set(bob, "8");
            assertThat(errorCondition(bob.iq("set", "<msgoffline xmlns='msgoffline'/>")))
                    .isEqualTo("bad-request");
            assertThat(limit(bob)).isEqualTo("8");
        }

        @Test
        void theValueIsTheAccountsAndSurvivesARestart() {
            RawClient alice = openfire.client("alice", "phone");
            RawClient bob = openfire.client("bob", "phone");
            set(alice, "11");
            set(bob, "12");
            alice.close();
            bob.close();
            openfire.server().stop();
            openfire.server().startAgain();
            assertThat(limit(openfire.client("alice", "phone"))).isEqualTo("11");
            assertThat(limit(openfire.client("bob", "phone"))).isEqualTo("12");
        }
    }

    @Nested
    class WithoutAMaximum {

        @RegisterExtension
        static final OpenfireExtension openfire = withOwnLimits()
                .with("plugin.unifiedrouting.offline.user-limit.max", "0")
                .with("plugin.unifiedrouting.offline.pair-limit", "0");

        @Test
        void thereMayBeNoLimit() {
            RawClient alice = openfire.client("alice", "phone");
            assertThat(limit(alice)).as("the administrator's").isEqualTo("false");
            assertThat(limit(set(alice, "1000001"))).isEqualTo("1000001");
            assertThat(limit(alice)).isEqualTo("1000001");
            assertThat(limit(set(alice, "false"))).isEqualTo("false");
            assertThat(limit(alice)).isEqualTo("false");
            assertThat(errorCondition(set(alice, "none"))).isEqualTo("bad-request");
        }
    }

    @Nested
    class WithoutOfflineStorage {

        @RegisterExtension
        static final OpenfireExtension openfire =
                withOwnLimits().with("plugin.unifiedrouting.offline.enabled", "false");

        @Test
        void thereIsNothingToLimitAndNothingIsAnnounced() {
            RawClient alice = openfire.client("alice", "phone");
            assertThat(errorCondition(set(alice, "5"))).isEqualTo("feature-not-implemented");
            assertThat(errorCondition(alice.iq("get", "<msgoffline xmlns='msgoffline'/>")))
                    .isEqualTo("feature-not-implemented");
            assertThat(WhoMayAskIT.features(alice, "localhost")).doesNotContain("msgoffline");
        }
    }
}
