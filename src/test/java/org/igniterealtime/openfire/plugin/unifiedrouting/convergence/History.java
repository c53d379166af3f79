package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.isArchiveResult;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.notifiedMid;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dom4j.Element;

/**
 * What a client knows of its account's archive: the ids in the order in which it was told of them. The client believes what
 * it is told; that something came twice or too late shows in the comparison. Used by one thread.
 */
final class History {

    private final String account;
    private final boolean isRaw;
    private final LinkedHashSet<String> mids = new LinkedHashSet<>();
    private final List<String> live = new ArrayList<>();
    private final Set<String> given = new HashSet<>();
    private final Map<String, String> twice = new HashMap<>();
    private final Map<String, String> sessions = new HashMap<>();
    private final Map<String, String> messages = new HashMap<>();
    private boolean catchingUp;

    /**
     * @param account its bare JID
     * @param isRaw whether the client goes by the messages themselves, as a routing-ng session does; else by notifications
     */
    History(String account, boolean isRaw) {
        this.account = account;
        this.isRaw = isRaw;
    }

    /** The session asks the archive for what is behind {@link #last()}; what comes live meanwhile belongs behind that. */
    void catchesUp() {
        catchingUp = isRaw;
        live.clear();
    }

    /** It has been given all of that. */
    void caughtUp() {
        catchingUp = false;
        mids.addAll(live);
        live.clear();
    }

    /** A stanza came. */
    void came(Element stanza) {
        if (!isRaw && isSubscriptionNotification().test(stanza)) {
            once(notifiedMid(stanza), stanza);
            note(notifiedMid(stanza), forwardedMessage(stanza));
        } else if (isRaw && isArchiveResult().test(stanza)) {
            // No page has what an earlier one had, and the first one begins behind the last entry that is known.
            String mid = child(stanza, "result", "urn:xmpp:mam:2").attributeValue("id");
            once(mid, stanza);
            note(mid, forwardedMessage(stanza));
        } else if (isRaw && plainMessage().test(stanza)) {
            String mid = stanzaId(stanza, account);
            if (mid != null) {
                raw(mid, stanza);
                note(mid, stanza);
            }
        }
    }

    private void note(String mid, Element message) {
        String known = messages.put(mid, message.attributeValue("id"));
        if (known != null && !known.equals(message.attributeValue("id"))) {
            twice.put(mid, "as " + known + " and as " + message.attributeValue("id"));
        }
    }

    private void raw(String mid, Element stanza) {
        if (!given.add(mid)) {
            twice.put(mid, "raw, at last to " + stanza.attributeValue("to"));
        }
        if (catchingUp) {
            live.add(mid);
        } else {
            // It may be in a page that was read between its commit and its delivery.
            mids.add(mid);
        }
    }

    private void once(String mid, Element stanza) {
        String to = stanza.attributeValue("to");
        String first = sessions.putIfAbsent(mid, to);
        if (!mids.add(mid)) {
            int place = List.copyOf(mids).indexOf(mid) + 1;
            twice.put(mid, "to " + first + " as entry " + place + ", to " + to + " behind entry " + mids.size());
        }
    }

    /** How many entries it knows. */
    int size() {
        return mids.size();
    }

    /** The newest id; empty if there is none. */
    String last() {
        String last = "";
        for (String mid : mids) {
            last = mid;
        }
        return last;
    }

    List<String> mids() {
        return List.copyOf(mids);
    }

    /** Which session was notified of it first. */
    String session(String mid) {
        return sessions.get(mid);
    }

    /** The id of the message that it was told of under this one. */
    String message(String mid) {
        return messages.get(mid);
    }

    /** What came twice that should not have, or once as one message and once as another, and how. */
    Map<String, String> twice() {
        return twice;
    }
}
