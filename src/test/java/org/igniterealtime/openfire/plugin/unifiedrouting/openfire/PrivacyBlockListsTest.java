package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jivesoftware.openfire.privacy.PrivacyList;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

class PrivacyBlockListsTest {

    private static final JID ROMEO = new JID("romeo@verona.example/garden");
    private static final JID JULIET = new JID("juliet@verona.example");

    private final Map<String, PrivacyList> manager = new HashMap<>();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong nanoTime = new AtomicLong();
    private final PrivacyBlockLists lists = new PrivacyBlockLists(
            account -> {
                asked.incrementAndGet();
                return manager.get(account);
            },
            nanoTime::get);

    @Test
    void openfireIsNotAskedForEachMessageOfAnAccountWithoutList() {
        assertThat(lists.blocksIncoming("juliet", message())).isFalse();
        assertThat(lists.blocksOutgoing("juliet", message())).isFalse();
        assertThat(asked).hasValue(1);

        nanoTime.addAndGet(PrivacyBlockLists.MEMORY.toNanos());
        lists.blocksIncoming("juliet", message());
        assertThat(asked).hasValue(2);
    }

    @Test
    void newListHoldsAtOnce() {
        assertThat(lists.blocksIncoming("juliet", message())).isFalse();
        PrivacyList list = mock(PrivacyList.class);
        when(list.shouldBlockPacket(any())).thenReturn(true);
        manager.put("juliet", list);

        lists.privacyListCreated(list);

        assertThat(lists.blocksIncoming("juliet", message())).isTrue();
    }

    @Test
    void whatAnAccountSendsIsAskedAboutAsIfItsRecipientSentIt() {
        PrivacyList list = mock(PrivacyList.class);
        when(list.shouldBlockPacket(any())).thenAnswer(call -> JULIET.equals(((Packet) call.getArgument(0)).getFrom()));
        manager.put("romeo", list);

        assertThat(lists.blocksOutgoing("romeo", message())).isTrue();
        assertThat(lists.blocksIncoming("romeo", message())).isFalse();
    }

    private static Message message() {
        Message message = new Message();
        message.setFrom(ROMEO);
        message.setTo(JULIET);
        return message;
    }
}
