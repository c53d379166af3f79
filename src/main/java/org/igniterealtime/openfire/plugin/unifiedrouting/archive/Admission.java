package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/** Whether archives take messages at all. Asked for each message: implementations are fast and thread-safe. */
@FunctionalInterface
public interface Admission {

    /** What an archive says to a new message. */
    enum Answer {
        OPEN,

        /** It has reached its quota, and old messages do not make room for new ones. */
        FULL,

        /** It has reached its quota, and old messages would make room for new ones if any had been delivered. */
        FULL_OF_UNDELIVERED,

        /** Its account is being deleted. */
        CLOSED;

        /** Whether the quota is the reason. */
        public boolean isFull() {
            return this == FULL || this == FULL_OF_UNDELIVERED;
        }
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
