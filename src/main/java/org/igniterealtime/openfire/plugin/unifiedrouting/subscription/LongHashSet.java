package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import java.util.Arrays;

/** A set of numbers that are spread evenly already, in 8 to 16 bytes each. Not thread-safe. */
final class LongHashSet {

    private static final int FIRST = 16;

    /** 0 = free. */
    private long[] table = new long[FIRST];

    private int size;

    /** @return whether it was not there before */
    boolean add(long number) {
        long stored = number == 0 ? 1 : number;
        if (size * 2 >= table.length) {
            grow();
        }
        if (!put(stored)) {
            return false;
        }
        size++;
        return true;
    }

    private boolean put(long number) {
        int place = (int) number & table.length - 1;
        while (table[place] != 0) {
            if (table[place] == number) {
                return false;
            }
            place = place + 1 & table.length - 1;
        }
        table[place] = number;
        return true;
    }

    private void grow() {
        long[] before = table;
        table = new long[before.length * 2];
        for (long number : before) {
            if (number != 0) {
                put(number);
            }
        }
    }

    int size() {
        return size;
    }

    /** In no order. */
    long[] toArray() {
        return Arrays.stream(table).filter(number -> number != 0).toArray();
    }
}
