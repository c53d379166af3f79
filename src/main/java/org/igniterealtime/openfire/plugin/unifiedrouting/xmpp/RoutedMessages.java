package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PendingMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.JudgedMessage;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * What was found out about the message that this thread routes, for whoever meets it further on. Routing one message may
 * mean to route another one in between. Thread-safe: each thread has notes of its own.
 */
public final class RoutedMessages {

    /** More than are ever routed in one another. Notes of what other plugins reject are not taken back by anybody. */
    private static final int MOST = 16;

    /**
     * One message.
     *
     * @param judged what was decided
     * @param mid the id under which its recipient's archive has it or is about to
     * @param sentMid the id under which its sender's archive has it or is about to
     * @param pending its way into the database; empty if it is not on it
     * @param failed whether it should be in the database and cannot be
     * @param full whether its recipient's archive has no room
     * @param again whether it was routed before, because a session ended that had not acknowledged it
     * @param sentAgain whether its client has sent it before
     * @param given who has been given it
     */
    public record Note(
            Message message,
            Judge.Judged judged,
            Optional<Mid> mid,
            Optional<Mid> sentMid,
            Optional<PendingMessage> pending,
            boolean failed,
            boolean full,
            boolean again,
            boolean sentAgain,
            Given given) {

        /** Whether it has never been routed before. */
        boolean isNew() {
            return !again && !sentAgain;
        }

        static Note of(Message message, Judge.Judged judged) {
            return new Note(message, judged, Optional.empty(), false);
        }

        static Note again(Message message, Judge.Judged judged, Mid mid) {
            return new Note(message, judged, Optional.of(mid), true);
        }

        private Note(Message message, Judge.Judged judged, Optional<Mid> mid, boolean again) {
            this(message, judged, mid, Optional.empty(), Optional.empty(), false, false, again, false, new Given());
        }

        /** What it is and what was decided, as it was before it was routed. */
        JudgedMessage subject() {
            return judged.subject();
        }

        /** Whom it was for before it was routed; an answer to it may be made out of the same object. */
        JID to() {
            return subject().to().orElse(null);
        }

        Note kept(Mid id, PendingMessage handed) {
            return new Note(
                    message,
                    judged,
                    Optional.of(id),
                    sentMid,
                    Optional.of(handed),
                    failed,
                    full,
                    again,
                    sentAgain,
                    given);
        }

        Note sentAs(Mid id) {
            return new Note(message, judged, mid, Optional.of(id), pending, failed, full, again, sentAgain, given);
        }

        /** @param id under which its recipient's archive has it; empty if that is not an account's, or has lost it */
        Note sentBefore(Optional<Mid> id) {
            // What the archive has it need not take.
            boolean isRefused = full && id.isEmpty();
            return new Note(message, judged, id, sentMid, pending, failed, isRefused, again, true, given);
        }

        Note withFailure() {
            return new Note(
                    message,
                    judged,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    true,
                    full,
                    again,
                    sentAgain,
                    given);
        }

        Note withFullArchive() {
            return new Note(message, judged, mid, sentMid, pending, failed, true, again, sentAgain, given);
        }
    }

    /** Messages that are for nobody whom Openfire has in mind, and of which that was said. */
    private final ThreadLocal<WeakReference<Message>> decided = new ThreadLocal<>();

    /** Of this thread, the innermost last. */
    private final ThreadLocal<List<Note>> notes = ThreadLocal.withInitial(() -> new ArrayList<>(2));

    /** Replaces what was noted of this message. */
    void note(Note note) {
        List<Note> own = notes.get();
        forget(own, note.message());
        if (own.size() >= MOST) {
            own.remove(0);
        }
        own.add(note);
    }

    /** Returns what was noted of it, or null. */
    private static Note forget(List<Note> own, Message message) {
        for (int i = own.size() - 1; i >= 0; i--) {
            if (own.get(i).message() == message) {
                return own.remove(i);
            }
        }
        return null;
    }

    /** What is noted of this very object. */
    Optional<Note> of(Message message) {
        return any(note -> note.message() == message);
    }

    /** The innermost note that matches, of what is being routed. */
    Optional<Note> any(Predicate<Note> wanted) {
        List<Note> own = notes.get();
        for (int i = own.size() - 1; i >= 0; i--) {
            if (wanted.test(own.get(i))) {
                return Optional.of(own.get(i));
            }
        }
        return Optional.empty();
    }

    /** Whether this has not been asked about this very object on this thread. */
    boolean isFirstTime(Message message) {
        WeakReference<Message> last = decided.get();
        if (last != null && last.refersTo(message)) {
            return false;
        }
        decided.set(new WeakReference<>(message));
        return true;
    }

    /** The message is routed. Returns what was noted of it. */
    Optional<Note> done(Message message) {
        return Optional.ofNullable(forget(notes.get(), message));
    }
}
