package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** An account and everything its clients have seen. Used by the thread of its sequence. */
final class ModelAccount {

    /**
     * An archive query without filter, through to the last page.
     *
     * @param ids of the messages that it returned
     * @param at {@link System#nanoTime()} after it
     */
    record Reading(Set<String> ids, long at) {}

    /**
     * A message in the archive at the end.
     *
     * @param mid its id there
     * @param id of the stanza
     */
    record Row(String mid, String id) {}

    /** In the transcript. */
    final String name;

    /** Bare. */
    final String jid;

    /** On the server. */
    final String user;

    final List<ModelSession> sessions = new ArrayList<>();
    final List<Reading> readings = new ArrayList<>();

    /** Moments in which everything that was kept for the account had come: no offline delivery was under way. */
    final List<Long> quietAt = new ArrayList<>();

    /** The session that fetches at the end what nobody took; null before. */
    ModelSession drain;

    /** The archive at the end. */
    List<Row> archive = List.of();

    ModelAccount(String name, String user, String domain) {
        this.name = name;
        this.user = user;
        this.jid = user + "@" + domain;
    }

    Stream<Delivery> deliveries() {
        return Stream.concat(sessions.stream(), Stream.ofNullable(drain)).flatMap(ModelSession::deliveries);
    }
}
