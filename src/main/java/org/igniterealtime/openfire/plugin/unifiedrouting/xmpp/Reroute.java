package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.List;
import java.util.function.BiPredicate;
import org.dom4j.DocumentException;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.xmpp.packet.Message;

/**
 * Recognises a message that comes by for the second time: when a stream-managed session ends, Openfire routes what it
 * did not acknowledge again, through all interceptors, with a delay from the server and with the stanza-id that it got
 * the first time. It is in the archive already and keeps its MID.
 */
public final class Reroute {

    private final ArchiveStore archive;
    private final OfflineStore offline;
    private final Accounts accounts;
    private final BiPredicate<String, Mid> isLeftBehind;

    /**
     * @param isLeftBehind whether it is certain that this thread routes once more what an account has under that id
     */
    public Reroute(
            ArchiveStore archive, OfflineStore offline, Accounts accounts, BiPredicate<String, Mid> isLeftBehind) {
        this.archive = archive;
        this.offline = offline;
        this.accounts = accounts;
        this.isLeftBehind = isLeftBehind;
    }

    /** Whether the server itself says that it held this message back. Clients can say so too; see {@link #isOne}. */
    boolean isDelayedByServer(Message message) {
        return ServerDelay.of(message, accounts.domain()) != null;
    }

    /** Whether this very message is in its recipient's archive: under that id, from that sender, with that content. */
    boolean isOne(Message message) {
        if (!isDelayedByServer(message) || message.getTo() == null || message.getFrom() == null) {
            return false;
        }
        return accounts.accountOf(message.getTo())
                .flatMap(account -> StanzaIds.find(message.getElement(), message.getTo())
                        .filter(Mid::isPossible)
                        .map(Mid::new)
                        .map(mid -> isLeftBehind.test(account, mid) || isArchived(account, mid, message)))
                .orElse(false);
    }

    private boolean isArchived(String account, Mid mid, Message message) {
        try {
            return archive.find(account, mid)
                    .map(archived -> archived.direction() == Direction.RECEIVED
                            && archived.peer().equals(message.getFrom().toString())
                            && isSame(archived.stanza(), message))
                    .orElseGet(() -> isKeptUntilDelivered(account, mid, message));
        } catch (StoreUnavailable e) {
            // What cannot be checked is not believed. It costs a message an id that clients could know it by.
            return false;
        }
    }

    private boolean isKeptUntilDelivered(String account, Mid mid, Message message) {
        return offline.find(account, List.of(mid)).stream()
                .anyMatch(kept -> !kept.archived()
                        && kept.peer().equals(message.getFrom().toString())
                        && isSame(kept.stanza(), message));
    }

    private static boolean isSame(String archived, Message message) {
        try {
            return StoredStanza.of(ContentHash.lasting(StoredStanza.parse(archived)))
                    .equals(StoredStanza.of(ContentHash.lasting(message.getElement())));
        } catch (DocumentException e) {
            return false;
        }
    }
}
