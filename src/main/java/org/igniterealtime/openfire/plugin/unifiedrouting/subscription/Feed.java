package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/**
 * How far one session has been told of its account's archive. What is committed waits here, in order, as long as that is
 * little; when it becomes more, the feed falls <em>behind</em>: it forgets what waits, and the session is told from the
 * archive, page by page, until the end is reached. To catch up from an id that the client names is the same, begun behind.
 * So a session that takes its time costs no memory and slows nobody else down.
 *
 * <p>Places follow each other without a hole, those that no archive shows included. A hole is an entry that nobody has said
 * anything of: the feed is behind then, too.
 *
 * <p>To reach the end and to be told of the next commit is one step: nothing is missed in between, and nothing comes
 * twice. Thread-safe; one thread at a time takes entries out.
 *
 * @param <E> an entry of the archive, made ready to be shown
 */
final class Feed<E> {

    /** How many entries wait in memory for one session before it falls behind. */
    static final int MOST_WAITING = 100;

    /** The same in characters of stanzas; so much is written to a session at once. */
    static final long MOST_CHARACTERS = 256 * 1024;

    /**
     * An entry with its place.
     *
     * @param characters how long its stanza is
     */
    record Placed<E>(long seq, E entry, long characters) {}

    private final SessionKey session;
    private final Deque<Placed<E>> waiting = new ArrayDeque<>(2);
    private CatchUp catchUp;

    /** Its session is subscribed, and has not been told of everything yet; null if it has. */
    private CatchUp following;

    /** Whose place it has taken; null if nobody's, or when that one's notifications have come to their end. */
    private Feed<E> before;

    private long told;

    /** The last place that the feed has heard of in turn; of no use while it is behind. */
    private long heard;

    /** How often in turn it could not be told anything. */
    private int looks;

    private int toldSoFar;
    private Mid lastMid;

    /** Of all that waits. */
    private long characters;

    private boolean behind = true;
    private boolean grown;
    private boolean beingFed;
    private boolean ended;

    /**
     * @param told the last place that the session knows; the archive may have more behind it
     * @param catchUp what has to be reported when the session has been told of that; null = nothing
     */
    Feed(SessionKey session, long told, CatchUp catchUp) {
        this.session = session;
        this.told = told;
        this.catchUp = catchUp;
    }

    SessionKey session() {
        return session;
    }

    /** The last place that the session was told of. */
    synchronized long told() {
        return told;
    }

    /** What is still to be reported; null = nothing, then the session is subscribed. */
    synchronized CatchUp catchUp() {
        return catchUp;
    }

    /** Whether what enters the archive now will be told in any case, unless the session ends. */
    synchronized boolean isCertain() {
        return !ended && (catchUp == null || catchUp.max() == CatchUp.UNBOUNDED);
    }

    /** @return whether the caller has to see to it that the session is fed, because nobody does */
    synchronized boolean offer(Placed<E> next) {
        if (ended || next.seq() <= told) {
            return false;
        }
        if (!behind && next.seq() == heard + 1 && hasRoomFor(next)) {
            waiting.add(next);
            characters += next.characters();
            heard = next.seq();
        } else {
            fallBehind();
        }
        return beginFeeding();
    }

    private boolean hasRoomFor(Placed<E> next) {
        return waiting.size() < MOST_WAITING && characters + next.characters() <= MOST_CHARACTERS;
    }

    /** What is at this place the archive does not show. */
    synchronized void pass(long seq) {
        if (seq == heard + 1) {
            heard = seq;
        }
    }

    /**
     * Something may be in the archive, behind {@link #told()}, that was not offered.
     *
     * @return whether the caller has to see to it that the session is fed, because nobody does
     */
    synchronized boolean missed() {
        if (ended) {
            return false;
        }
        fallBehind();
        return beginFeeding();
    }

    private void fallBehind() {
        if (behind) {
            grown = true;
        } else {
            forget();
            behind = true;
        }
    }

    private void forget() {
        waiting.clear();
        characters = 0;
    }

    /** @return whether the caller has to feed the session from now on */
    synchronized boolean beginFeeding() {
        if (beingFed || ended) {
            return false;
        }
        beingFed = true;
        return true;
    }

    /** The other feed has ended; nothing that it tells before this one begins is told again. */
    synchronized void follow(Feed<E> ended) {
        before = ended;
    }

    /**
     * Whether entries have to be read from the archive, behind {@link #told()}. What comes from now on is noticed. To be
     * called by whoever feeds the session.
     */
    synchronized boolean isBehind() {
        if (before != null) {
            tell(before.told());
            before = null;
        }
        if (behind) {
            grown = false;
        }
        return behind;
    }

    /**
     * The archive has nothing behind {@link #told()} and before another place, which the session is not told of yet.
     *
     * @return the catch-up whose session has been told of all that it asked for, and is subscribed from now on
     */
    synchronized Optional<CatchUp> reachedBefore(long next) {
        if (catchUp == null || ended || next <= catchUp.upTo()) {
            return Optional.empty();
        }
        following = catchUp;
        catchUp = null;
        return Optional.of(following);
    }

    /**
     * The archive has nothing behind {@link #told()}, as was read after {@link #isBehind()}.
     *
     * @return the catch-up whose session is up to date for the first time
     */
    synchronized Optional<CatchUp> reachedEnd() {
        behind = grown;
        heard = told;
        if (behind || ended) {
            return Optional.empty();
        }
        Optional<CatchUp> reached = Optional.ofNullable(following);
        following = null;
        return reached;
    }

    /**
     * Takes out what waits.
     *
     * @param max how much at most
     * @return empty if feeding has ended, because nothing waits; no entries if they have to be read from the archive
     */
    synchronized Optional<List<Placed<E>>> take(int max) {
        if (waiting.isEmpty() && !behind) {
            beingFed = false;
            return Optional.empty();
        }
        List<Placed<E>> taken = new ArrayList<>(Math.min(max, waiting.size()));
        while (taken.size() < max && !waiting.isEmpty()) {
            Placed<E> next = waiting.poll();
            characters -= next.characters();
            if (next.seq() > told) {
                taken.add(next);
            }
        }
        return Optional.of(taken);
    }

    /** The session has been told of this place. */
    synchronized void tell(long seq) {
        told = Math.max(told, seq);
        looks = 0;
    }

    /**
     * The session cannot be told anything now.
     *
     * @return how often that is so since it was told something
     */
    synchronized int lookedInVain() {
        return ++looks;
    }

    /** A catch-up has come so far. */
    synchronized void toldFromArchive(Mid mid) {
        toldSoFar++;
        lastMid = mid;
    }

    /** How many entries the session was told of from the archive. */
    synchronized int toldSoFar() {
        return toldSoFar;
    }

    /** The id of the last one of these. */
    synchronized Optional<Mid> lastMid() {
        return Optional.ofNullable(lastMid);
    }

    /** @return what nobody will report any more */
    synchronized Optional<CatchUp> end() {
        ended = true;
        forget();
        Optional<CatchUp> open = Optional.ofNullable(catchUp);
        catchUp = null;
        return open;
    }

    /** @return what nobody will report any more; empty if the session is subscribed, which it stays */
    synchronized Optional<CatchUp> endCatchUp() {
        return catchUp == null ? Optional.empty() : end();
    }

    synchronized boolean isEnded() {
        return ended;
    }
}
