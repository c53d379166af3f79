package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.xmpp.packet.JID;
import org.xmpp.packet.PacketError;

/** The {@code <prefs/>} of XEP-0441 and {@link ArchivePreferences}, one from the other. */
final class PreferencesElement {

    /** Lists longer than this are refused: each message is compared with them. */
    private static final int MAX_ENTRIES = 1_000;

    private PreferencesElement() {}

    /**
     * @throws StanzaError bad-request if the default is missing or none of the three, or an entry is no JID;
     *     resource-constraint if the lists are too long
     */
    static ArchivePreferences read(Element prefs) {
        return new ArchivePreferences(
                rest(prefs.attributeValue("default")),
                jids(prefs.element(QName.get("always", Namespaces.MAM))),
                jids(prefs.element(QName.get("never", Namespaces.MAM))));
    }

    private static Default rest(String text) {
        for (Default rest : Default.values()) {
            if (name(rest).equals(text)) {
                return rest;
            }
        }
        throw new StanzaError(PacketError.Condition.bad_request, "default is not always, never or roster.");
    }

    private static Set<JID> jids(Element list) {
        Set<JID> jids = new HashSet<>();
        if (list == null) {
            return jids;
        }
        for (Element entry : list.elements("jid")) {
            try {
                jids.add(new JID(entry.getTextTrim()));
            } catch (IllegalArgumentException e) {
                throw new StanzaError(PacketError.Condition.bad_request, "An entry is not a JID.");
            }
            if (jids.size() > MAX_ENTRIES) {
                throw new StanzaError(
                        PacketError.Condition.resource_constraint,
                        PacketError.Type.modify,
                        "A list has more than " + MAX_ENTRIES + " entries.");
            }
        }
        return jids;
    }

    /** Both lists are there even if they are empty (XEP-0441 §2). */
    static Element of(ArchivePreferences preferences) {
        Element prefs = DocumentHelper.createElement(QName.get("prefs", Namespaces.MAM));
        prefs.addAttribute("default", name(preferences.rest()));
        list(prefs.addElement("always"), preferences.always());
        list(prefs.addElement("never"), preferences.never());
        return prefs;
    }

    private static void list(Element list, Set<JID> jids) {
        jids.stream()
                .map(JID::toString)
                .sorted()
                .forEach(jid -> list.addElement("jid").setText(jid));
    }

    private static String name(Default rest) {
        return rest.name().toLowerCase(Locale.ROOT);
    }
}
