package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.EnumSet;
import java.util.Set;

/** Where messages leave for servers that may not know XEP-0409. */
public final class LegacyBorder {

    private LegacyBorder() {}

    /**
     * A message for one client is ephemeral; another server must be told so in words that it knows. On a bare JID
     * {@code <im-ng/>} means nothing, and a room that were told not to store would lose its history.
     *
     * @return the elements to add to a message on its way out: of {@code NO_STORE}, {@code NO_COPY} and
     *     {@code PRIVATE} those that are missing, if it is for one client (R05) and leaves; else none
     */
    public static Set<PayloadKind> additions(MessageFacts facts) {
        Set<PayloadKind> additions = EnumSet.noneOf(PayloadKind.class);
        boolean isForOneClient = facts.isForSingleClient() && !facts.is(MessageType.GROUPCHAT);
        if (isForOneClient && !facts.context().recipientIsLocal()) {
            additions.addAll(EnumSet.of(PayloadKind.NO_STORE, PayloadKind.NO_COPY, PayloadKind.PRIVATE));
            additions.removeIf(facts::has);
        }
        return additions;
    }
}
