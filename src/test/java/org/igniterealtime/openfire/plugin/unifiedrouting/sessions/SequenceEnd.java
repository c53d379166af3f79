package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;

/** After a sequence: fetches what is left for each account, and compares. */
final class SequenceEnd {

    /** What was not lost comes by then. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final Clients clients;
    private final Transcript transcript;

    SequenceEnd(Clients clients, Transcript transcript) {
        this.clients = clients;
        this.transcript = transcript;
    }

    /** Expects that no session is left. */
    List<String> drainAndCheck(List<ModelAccount> accounts, Collection<SentMessage> sent, List<Long> kills) {
        List<String> problems = new ArrayList<>();
        for (ModelAccount account : accounts) {
            drain(account);
        }
        long deadline = System.nanoTime() + LATE_NANOS;
        for (ModelAccount account : accounts) {
            while (new SequenceCheck(account, sent, kills).somethingIsMissing() && System.nanoTime() < deadline) {
                Sequence.pause(20);
            }
            readArchive(account);
        }
        for (ModelAccount account : accounts) {
            account.drain.connection().client.sync();
            problems.addAll(new SequenceCheck(account, sent, kills).problems(transcript));
            account.drain.connection().client.close();
        }
        return problems;
    }

    private void drain(ModelAccount account) {
        ModelSession session = new ModelSession(account, "drain", ModelSession.Mode.PLAIN, 0);
        RawClient client = clients.login(account.user, "drain");
        session.connections.add(ModelConnection.first(session, client));
        account.drain = session;
        long sentAt = System.nanoTime();
        client.presence(0);
        session.presences.add(new ModelSession.Presence(sentAt, System.nanoTime()));
    }

    private void readArchive(ModelAccount account) {
        account.archive = MamQuery.by(account.drain.connection().client).all(100).stream()
                .filter(result -> !"error".equals(result.message().attributeValue("type")))
                .map(result ->
                        new ModelAccount.Row(result.id(), result.message().attributeValue("id")))
                .toList();
    }
}
