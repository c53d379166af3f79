package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jivesoftware.openfire.OfflineMessageStrategy;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.disco.IQDiscoInfoHandler;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** XEP-0160 §4: offline storage is announced while there is one. */
class OfflineFeatureTest {

    private final XMPPServer server = mock(XMPPServer.class);
    private final OfflineMessageStrategy strategy = mock(OfflineMessageStrategy.class);
    private final Set<String> announced = new HashSet<>(Set.of("urn:xmpp:ping"));
    private boolean kept = true;
    private final OfflineFeature feature = new OfflineFeature(server, () -> kept);

    @BeforeEach
    void setUp() {
        IQDiscoInfoHandler disco = mock(IQDiscoInfoHandler.class);
        when(server.getIQDiscoInfoHandler()).thenReturn(disco);
        when(server.getOfflineMessageStrategy()).thenReturn(strategy);
        doAnswer(call -> announced.add(call.getArgument(0))).when(disco).addServerFeature(anyString());
        doAnswer(call -> announced.remove(call.<String>getArgument(0)))
                .when(disco)
                .removeServerFeature(anyString());
    }

    @Test
    void itFollowsTheSettingWhileTheServerRuns() {
        feature.announce();
        assertThat(announced).containsExactlyInAnyOrder("urn:xmpp:ping", "msgoffline");
        kept = false;
        feature.announce();
        assertThat(announced).containsExactly("urn:xmpp:ping");
        kept = true;
        feature.announce();
        assertThat(announced).contains("msgoffline");
    }

    /** Openfire keeps messages, or its administrator has told it to drop them; whatever we have announced. */
    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void whenWeLeaveItIsOpenfiresAgain(boolean ours, boolean openfires) {
        kept = ours;
        feature.announce();
        when(strategy.getFeatures()).thenReturn((openfires ? List.of("msgoffline") : List.<String>of()).iterator());
        feature.leave();
        assertThat(announced.contains("msgoffline")).isEqualTo(openfires);
    }
}
