package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * A set of payload kinds, small enough to be made for every message.
 *
 * @param bits bit n is set where the kind with ordinal n is in the set
 */
public record PayloadKinds(long bits) {

    public static final PayloadKinds NONE = new PayloadKinds(0);

    public static PayloadKinds of(PayloadKind... kinds) {
        long bits = 0;
        for (PayloadKind kind : kinds) {
            bits |= bit(kind);
        }
        return new PayloadKinds(bits);
    }

    public boolean has(PayloadKind kind) {
        return (bits & bit(kind)) != 0;
    }

    public boolean hasAnyOf(PayloadKinds others) {
        return (bits & others.bits) != 0;
    }

    public PayloadKinds without(PayloadKinds others) {
        return new PayloadKinds(bits & ~others.bits);
    }

    public Set<PayloadKind> asSet() {
        Set<PayloadKind> kinds = EnumSet.noneOf(PayloadKind.class);
        for (PayloadKind kind : PayloadKind.values()) {
            if (has(kind)) {
                kinds.add(kind);
            }
        }
        return Collections.unmodifiableSet(kinds);
    }

    @Override
    public String toString() {
        return asSet().toString();
    }

    static long bit(PayloadKind kind) {
        return 1L << kind.ordinal();
    }
}
