package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.List;
import java.util.Optional;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.CatchUp;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.Feeder;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionListener;
import org.jivesoftware.openfire.session.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.IQ;
import org.xmpp.packet.PacketError;

/** Does what {@code <subscribe/>} asks for, wherever it stands (PROTOCOL sections 2.1 and 2.2). Thread-safe. */
public final class Subscribing {

    static final String ELEMENT = "subscribe";

    private static final Logger Log = LoggerFactory.getLogger(Subscribing.class);
    private static final QName SET = QName.get("set", Namespaces.RSM);

    private final Feeder<Notification> feeder;
    private final ArchiveStore archive;
    private final SubscriptionListener listener;

    public Subscribing(Feeder<Notification> feeder, ArchiveStore archive, SubscriptionListener listener) {
        this.feeder = feeder;
        this.archive = archive;
        this.listener = listener;
    }

    /**
     * @param request what is answered
     * @param subscribe the element, in the request or deeper
     * @return what the answer holds, null if nothing, {@link AccountIQHandler#LATER} if it is given later
     * @throws StanzaError item-not-found if the archive does not hold the entry that is named; nothing has changed then
     */
    Element subscribe(IQ request, Element subscribe, AccountIQHandler.Asker asker) {
        Element set = subscribe.element(SET);
        if (subscribe.elements().size() > (set == null ? 0 : 1)) {
            // To ignore what is asked for would leave a gap that the client does not know of.
            throw new StanzaError(PacketError.Condition.feature_not_implemented);
        }
        if (set == null) {
            long told = endOf(asker.account());
            // Else it may not have been told of everything yet: what is behind that nobody has seen.
            if (feeder.subscribe(asker.key(), told)) {
                listener.subscribed(asker.key(), told);
            }
            return null;
        }
        long told = placeOf(set, asker.account());
        CatchUp catchUp = new CatchUp(max(set), endOf(asker.account()), new Answer(request, asker));
        feeder.catchUp(asker.key(), told, catchUp);
        return AccountIQHandler.LATER;
    }

    /**
     * For a session that nobody can answer any more when it has caught up.
     *
     * @return what begins it; nothing has changed before
     * @throws StanzaError as {@link #subscribe}; feature-not-implemented if the catch-up is to be bounded
     */
    Runnable prepare(Element subscribe, AccountIQHandler.Asker asker) {
        Element set = subscribe.element(SET);
        if (subscribe.elements().size() > (set == null ? 0 : 1) || isBounded(subscribe)) {
            throw new StanzaError(PacketError.Condition.feature_not_implemented);
        }
        long end = endOf(asker.account());
        long told = set == null ? end : placeOf(set, asker.account());
        return () -> {
            feeder.subscribe(asker.key(), told);
            listener.subscribed(asker.key(), end);
        };
    }

    /**
     * Answers behind what the session is being told this moment.
     *
     * @return {@link AccountIQHandler#LATER}
     */
    Element answerBehind(IQ request, AccountIQHandler.Asker asker) {
        feeder.afterwards(asker.key(), () -> answer(request, asker.session(), AccountIQHandler.result(request, null)));
        return AccountIQHandler.LATER;
    }

    private static void answer(IQ request, ClientSession session, IQ answer) {
        try {
            session.process(answer);
        } catch (RuntimeException e) {
            Log.debug("'{}' could not be answered.", request.getFrom(), e);
        }
    }

    /** Whether it asks for a part of the history first. */
    static boolean isBounded(Element subscribe) {
        Element set = subscribe.element(SET);
        return set != null && set.element("max") != null;
    }

    private long endOf(String account) {
        return archive
                .page(ArchiveQuery.all(account, Paging.fromEnd(1)))
                .map(ArchivePage::messages)
                .orElse(List.of())
                .stream()
                .mapToLong(ArchivedMessage::seq)
                .findFirst()
                .orElse(Long.MIN_VALUE);
    }

    private long placeOf(Element set, String account) {
        for (Element part : set.elements()) {
            if (!part.getName().equals("after") && !part.getName().equals("max")) {
                throw new StanzaError(PacketError.Condition.feature_not_implemented);
            }
        }
        Element after = set.element("after");
        if (after == null) {
            throw new StanzaError(PacketError.Condition.bad_request, "Behind which entry?");
        }
        String text = after.getTextTrim();
        if (text.isEmpty()) {
            return Long.MIN_VALUE;
        }
        return Optional.of(text)
                .filter(Mid::isPossible)
                .flatMap(mid -> archive.find(account, new Mid(mid)))
                .map(ArchivedMessage::seq)
                .orElseThrow(() -> new StanzaError(PacketError.Condition.item_not_found));
    }

    private static int max(Element set) {
        String text = set.elementTextTrim("max");
        return text == null || text.isEmpty() ? CatchUp.UNBOUNDED : ResultSetRequest.number(text);
    }

    /** Answers a request when its catch-up has come to an end: behind the notifications, and before newer ones. */
    private final class Answer implements CatchUp.End {

        private final IQ request;
        private final AccountIQHandler.Asker asker;

        Answer(IQ request, AccountIQHandler.Asker asker) {
            this.request = request;
            this.asker = asker;
        }

        @Override
        public void reached() {
            send(AccountIQHandler.result(request, null));
        }

        @Override
        public void upToDate(long told) {
            listener.subscribed(asker.key(), told);
        }

        @Override
        public void more(Optional<Mid> last) {
            Element set = DocumentHelper.createElement(SET);
            last.ifPresent(mid -> set.addElement("last").setText(mid.value()));
            send(AccountIQHandler.result(request, set));
        }

        @Override
        public void failed(StoreUnavailable reason) {
            send(AccountIQHandler.unavailable(request));
        }

        @Override
        public void superseded() {
            send(AccountIQHandler.refusal(
                    request, new PacketError(PacketError.Condition.conflict, PacketError.Type.cancel)));
        }

        private void send(IQ answer) {
            answer(request, asker.session(), answer);
        }
    }
}
