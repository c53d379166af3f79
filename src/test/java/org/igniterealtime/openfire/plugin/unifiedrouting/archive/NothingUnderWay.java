package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/** A writer that has done all that it was given. */
public final class NothingUnderWay implements Settling {

    @Override
    public void settle(String owner) {
        // There is nothing to wait for.
    }

    @Override
    public long handedOver(String owner) {
        return 0;
    }

    @Override
    public boolean isDone(long upTo) {
        return true;
    }
}
