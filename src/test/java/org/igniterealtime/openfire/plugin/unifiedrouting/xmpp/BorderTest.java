package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.TYBALT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;

import java.util.List;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/** PROTOCOL section 4, last paragraph. */
class BorderTest {

    private static final String IM_NG = "<im-ng xmlns='urn:xmpp:im-ng:0'/>";

    private final Border border =
            new Border(ACCOUNTS, new Judge(ACCOUNTS, address -> false, new InMemoryArchive(), RuleSettings::defaults));

    private List<String> passing(JID from, JID to, String content) {
        Message message = message(from, to, content);
        border.interceptPacket(message, null, true, false);
        return message.getElement().elements().stream().map(Element::getName).toList();
    }

    @Test
    void messageForOneClientLeavesWithWordsThatEverybodyKnows() {
        Message message = message(ROMEO, TYBALT, IM_NG);
        border.interceptPacket(message, null, true, false);
        assertThat(message.toXML())
                .contains("<no-store xmlns=\"urn:xmpp:hints\"/>")
                .contains("<no-copy xmlns=\"urn:xmpp:hints\"/>")
                .contains("<private xmlns=\"urn:xmpp:carbons:2\"/>");
    }

    @Test
    void whatIsThereIsNotRepeated() {
        assertThat(passing(ROMEO, TYBALT, IM_NG + "<no-store xmlns='urn:xmpp:hints'/>"))
                .containsExactlyInAnyOrder("im-ng", "no-store", "no-copy", "private");
    }

    @Test
    void othersLeaveUnaltered() {
        assertThat(passing(ROMEO, TYBALT, "<body>x</body>")).containsExactly("body");
        assertThat(passing(ROMEO, TYBALT.asBareJID(), IM_NG)).containsExactly("im-ng");
        assertThat(passing(ROMEO, JULIET, IM_NG)).containsExactly("im-ng");
        assertThat(passing(TYBALT, JULIET, IM_NG)).containsExactly("im-ng");
        assertThat(passing(TYBALT, TYBALT, IM_NG)).containsExactly("im-ng");
    }

    @Test
    void onlyWhatComesInIsLookedAt() {
        Message message = message(ROMEO, TYBALT, IM_NG);
        border.interceptPacket(message, null, false, false);
        border.interceptPacket(message, null, true, true);
        assertThat(message.getElement().elements()).hasSize(1);
    }
}
