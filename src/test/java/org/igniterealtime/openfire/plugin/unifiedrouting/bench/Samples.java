package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.util.Arrays;

/** Durations in nanoseconds, many of them, cheaply taken. Not thread-safe. */
final class Samples {

    private long[] values = new long[1 << 14];
    private int size;

    void add(long nanos) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = nanos;
    }

    void addAll(Samples others) {
        for (int i = 0; i < others.size; i++) {
            add(others.values[i]);
        }
    }

    int size() {
        return size;
    }

    double medianMicros() {
        return percentileMicros(50);
    }

    /** The smallest value that is not less than so many percent of all; NaN if there are none. */
    double percentileMicros(double percent) {
        if (size == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(percent / 100 * size);
        return sorted[Math.max(0, rank - 1)] / 1e3;
    }

    /** The middle one of a few figures, or the mean of the middle two. */
    static double median(double... figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
