package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import java.util.ArrayList;
import java.util.List;

/** What was done in a sequence, with times. Used by one thread. */
final class Transcript {

    private final long start = System.nanoTime();
    private final List<String> lines = new ArrayList<>();
    private int steps;

    void step(String text) {
        lines.add(String.format("%3d %8.3f s  %s", ++steps, seconds(System.nanoTime()), text));
    }

    void note(String text) {
        lines.add("               " + text);
    }

    /** A moment, in the times of this transcript. */
    String time(long nanoTime) {
        return String.format("%.3f s", seconds(nanoTime));
    }

    private double seconds(long nanoTime) {
        return (nanoTime - start) / 1e9;
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
