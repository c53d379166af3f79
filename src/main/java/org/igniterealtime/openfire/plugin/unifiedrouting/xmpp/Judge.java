package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence;
import org.xmpp.packet.Message;

public final class Judge {

    record V(Persistence persistence) {}

    public Judge(Accounts accounts) {}

    V verdictOn(Message message) {
        Element e = message.getElement();
        String type = e.attributeValue("type", "normal");
        boolean im = type.equals("chat") || type.equals("normal");
        boolean noStore = e.elements().stream().anyMatch(c -> c.getName().equals("no-store"));
        return new V(im && message.getBody() != null && !noStore ? Persistence.ARCHIVED : Persistence.TRANSIENT);
    }
}
