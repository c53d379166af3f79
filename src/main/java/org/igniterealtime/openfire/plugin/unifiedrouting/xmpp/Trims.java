package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.IQ;
import org.xmpp.packet.PacketError;

/**
 * Shortens archives for their owners. What has to go is found out when it is asked for; it is deleted on a thread of its own,
 * and the request is answered when that is done. One at a time for each account. Thread-safe.
 */
final class Trims {

    private static final Logger Log = LoggerFactory.getLogger(Trims.class);

    private final ArchiveMaintenance archive;
    private final Executor background;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    /** @param background ends with the plugin; what it does not do any more it rejects */
    Trims(ArchiveMaintenance archive, Executor background) {
        this.archive = archive;
        this.background = background;
    }

    /**
     * @return {@link AccountIQHandler#LATER}
     * @throws StanzaError resource-constraint while another one of this account is under way; bad-request if there is
     *     anything but one {@code <id/>} in it; item-not-found if the archive does not hold that one
     */
    Element trim(IQ request, AccountIQHandler.Asker asker) {
        String account = asker.account();
        if (!underWay.add(account)) {
            throw new StanzaError(
                    PacketError.Condition.resource_constraint,
                    "The archive is being trimmed; ask again when that is done.");
        }
        boolean isBegun = false;
        try {
            Runnable trimming = trimming(request.getChildElement(), account);
            background.execute(() -> answer(asker, finished(request, account, trimming)));
            isBegun = true;
            return AccountIQHandler.LATER;
        } catch (RejectedExecutionException e) {
            throw new StoreUnavailable("The plugin leaves", e);
        } finally {
            if (!isBegun) {
                underWay.remove(account);
            }
        }
    }

    private Runnable trimming(Element trim, String account) {
        Element id = trim.element("id");
        boolean isElse = trim.elements().size() > (id == null ? 0 : 1)
                || trim.attributeCount() > 0
                || !trim.getTextTrim().isEmpty();
        if (isElse) {
            // To take it for the empty element, which it may not be meant as, would delete everything.
            throw new StanzaError(
                    PacketError.Condition.bad_request, "Empty, or with one <id/>: nothing else says how far.");
        }
        if (id == null) {
            return archive.trimAll(account);
        }
        String mid = id.getTextTrim();
        if (!Mid.isPossible(mid)) {
            throw new StanzaError(PacketError.Condition.item_not_found);
        }
        return archive.trim(account, new Mid(mid))
                .orElseThrow(() -> new StanzaError(PacketError.Condition.item_not_found));
    }

    private IQ finished(IQ request, String account, Runnable trimming) {
        try {
            trimming.run();
            return AccountIQHandler.result(request, null);
        } catch (StoreUnavailable e) {
            Log.debug("The archive of '{}' could not be trimmed.", account, e);
            return AccountIQHandler.unavailable(request);
        } catch (RuntimeException e) {
            Log.error("Trimming the archive of '{}' failed unexpectedly.", account, e);
            return AccountIQHandler.unavailable(request);
        } finally {
            // Before the answer: whoever has it may ask again.
            underWay.remove(account);
        }
    }

    private static void answer(AccountIQHandler.Asker asker, IQ answer) {
        try {
            asker.session().process(answer);
        } catch (RuntimeException e) {
            Log.debug("'{}' could not be answered.", answer.getTo(), e);
        }
    }
}
