package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/** Whether archives take messages at all. Asked for each message: implementations are fast and thread-safe. */
@FunctionalInterface
public interface Admission {

    /** What an archive says to a new message. */
    enum Answer {
        OPEN,

        /** It has reached its quota, and old messages do not make room for new ones. */
        FULL,

        /** Its account is being deleted. */
        CLOSED
    }

    Answer of(String owner);

    /** What this one says; where it says {@link Answer#OPEN}, what the other one says. */
    default Admission before(Admission other) {
        return owner -> {
            Answer answer = of(owner);
            return answer == Answer.OPEN ? other.of(owner) : answer;
        };
    }
}
