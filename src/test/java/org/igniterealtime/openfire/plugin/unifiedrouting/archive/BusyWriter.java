package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.HashSet;
import java.util.Set;

/** A writer that has something under way for some accounts until it is done with all, and that nobody may wait for. */
public final class BusyWriter implements Settling {

    private final Set<String> busyFor = new HashSet<>();

    /** From now on it has something under way for an account. */
    public void isBusyFor(String owner) {
        busyFor.add(owner);
    }

    /** It has nothing under way any more. */
    public void isDone() {
        busyFor.clear();
    }

    @Override
    public void settle(String owner) {
        throw new AssertionError("Nobody may wait on this thread");
    }

    @Override
    public long handedOver(String owner) {
        return busyFor.contains(owner) ? 1 : 0;
    }

    @Override
    public boolean isDone(long upTo) {
        return upTo == 0 || busyFor.isEmpty();
    }
}
