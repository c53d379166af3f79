package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.xmpp.packet.IQ;
import org.xmpp.packet.PacketError;

/** Lets accounts say how many undelivered messages of one sender they keep: {@code msgoffline} (PROTOCOL section 6). */
public final class OfflineLimitHandler extends AccountIQHandler {

    private static final String ELEMENT = "msgoffline";
    private static final String LIMIT = "limit";

    /** The limit that is none. */
    private static final String NONE = "false";

    /**
     * @param limits what the administrator allows; empty while nothing is kept offline
     */
    public OfflineLimitHandler(
            Accounts accounts, Sessions sessions, OfflineStore store, Supplier<Optional<OfflineLimits>> limits) {
        super(
                "Offline message limit",
                ELEMENT,
                Namespaces.MSGOFFLINE,
                accounts,
                sessions,
                Map.of(
                        new Known(ELEMENT, IQ.Type.get),
                        (request, asker) -> element(text(allowed(limits.get())
                                .inForce(store.mailbox(asker.account()).ownLimit()))),
                        new Known(ELEMENT, IQ.Type.set),
                        (request, asker) -> {
                            String text = request.getChildElement().attributeValue(LIMIT);
                            set(asker.account(), text, allowed(limits.get()), store);
                            return element(text);
                        }));
    }

    private static OfflineLimits allowed(Optional<OfflineLimits> limits) {
        return limits.filter(OfflineLimits::ownAllowed)
                .orElseThrow(() -> new StanzaError(PacketError.Condition.feature_not_implemented));
    }

    private static void set(String account, String text, OfflineLimits limits, OfflineStore store) {
        OfflineLimit wanted = limit(text);
        if (!limits.allows(wanted)) {
            throw new StanzaError(
                    PacketError.Condition.not_acceptable,
                    "The limit may be at most " + limits.largestOwn().messages() + ".");
        }
        store.setLimit(account, Optional.of(wanted));
    }

    private static OfflineLimit limit(String text) {
        if (NONE.equals(text)) {
            return OfflineLimit.NONE;
        }
        try {
            if (text != null && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return new OfflineLimit(Integer.parseInt(text));
            }
        } catch (NumberFormatException e) {
            // Empty, or too large for an int: as what is no number at all.
        }
        throw new StanzaError(PacketError.Condition.bad_request);
    }

    private static String text(OfflineLimit limit) {
        return limit.isNone() ? NONE : Integer.toString(limit.messages());
    }

    private static Element element(String limit) {
        return DocumentHelper.createElement(QName.get(ELEMENT, Namespaces.MSGOFFLINE))
                .addAttribute(LIMIT, limit);
    }
}
