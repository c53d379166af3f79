package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Optional;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.xmpp.packet.PacketError;

/** The page that a request asks for (XEP-0059). */
final class ResultSetRequest {

    private static final QName SET = QName.get("set", Namespaces.RSM);

    private ResultSetRequest() {}

    /**
     * @param request the element that may hold a {@code <set/>}
     * @param limits how large a page is
     * @throws StanzaError bad-request if max is no number or negative; feature-not-implemented for an index;
     *     item-not-found if an id cannot be any message's
     */
    static Paging read(Element request, PageSize limits) {
        Element set = request.element(SET);
        if (set == null) {
            return Paging.fromStart(limits.normal()).within(limits.bytes());
        }
        if (set.element("index") != null) {
            throw new StanzaError(PacketError.Condition.feature_not_implemented, "Pages cannot be asked for by index.");
        }
        int max = Math.min(limits.largest(), max(set.elementTextTrim("max"), limits.normal()));
        // An empty <before/> asks for the last page (XEP-0059 §2.5), an empty <after/> for the first.
        return new Paging(max, limits.bytes(), set.element("before") != null, mid(set, "after"), mid(set, "before"));
    }

    private static int max(String text, int normal) {
        return text == null || text.isEmpty() ? normal : number(text);
    }

    /** @throws StanzaError bad-request if it is no number of messages */
    static int number(String text) {
        try {
            int max = Integer.parseInt(text);
            if (max >= 0) {
                return max;
            }
        } catch (NumberFormatException e) {
            // Answered below, as a negative number is.
        }
        throw new StanzaError(PacketError.Condition.bad_request, "max is not the number of messages of a page.");
    }

    private static Optional<Mid> mid(Element set, String name) {
        String text = set.elementTextTrim(name);
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        if (!Mid.isPossible(text)) {
            throw new StanzaError(PacketError.Condition.item_not_found);
        }
        return Optional.of(new Mid(text));
    }
}
