package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.dom4j.DocumentException;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;

/** What Juliet is given of her offline set when one row of it is of no use. */
class OfflineStanzaTest {

    private static final JID JULIET = Verona.JULIET.asBareJID();

    private static OfflineMessage row(String mid, Instant receivedAt, String stanza) {
        return new OfflineMessage(1, new Mid(mid), true, "romeo@verona.example", receivedAt, stanza);
    }

    /** No calendar has that day. */
    private static final OfflineMessage DOOMSDAY = row("doomsday", Instant.MAX, "<message/>");

    @Test
    void aRowThatNothingCanBeMadeOfDoesNotKeepTheOthers() {
        List<OfflineMessage> rows = List.of(
                row("before", Instant.EPOCH, "<message/>"), DOOMSDAY, row("behind", Instant.EPOCH, "<message/>"));
        assertThat(OfflineStanza.all(rows, JULIET, new StoredStanza.Parser()))
                .containsOnlyKeys(new Mid("before"), new Mid("behind"));
    }

    @Test
    void aRowThatNothingCanBeMadeOfIsAsIfItWereNoXml() {
        assertThatThrownBy(() -> OfflineStanza.of(DOOMSDAY, JULIET)).isInstanceOf(DocumentException.class);
    }
}
