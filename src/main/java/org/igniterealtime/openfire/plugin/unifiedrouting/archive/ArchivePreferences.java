package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.Set;
import java.util.function.Predicate;
import org.xmpp.packet.JID;

/**
 * Which conversations an account wants archived (XEP-0441).
 *
 * @param rest what holds for everybody who is on neither list
 * @param always these are archived; a bare JID stands for all its resources
 * @param never these are not
 */
public record ArchivePreferences(Default rest, Set<JID> always, Set<JID> never) {

    /** What holds for everybody who is on neither list. */
    public enum Default {
        ALWAYS,
        NEVER,

        /** Only contacts of the account's roster are archived. */
        ROSTER
    }

    public ArchivePreferences {
        always = Set.copyOf(always);
        never = Set.copyOf(never);
    }

    /** Nobody is on a list. */
    public static ArchivePreferences of(Default rest) {
        return new ArchivePreferences(rest, Set.of(), Set.of());
    }

    /**
     * Whether messages from and to a peer are archived. An entry that names the resource says more than one that does
     * not; of two that say as much, "never" counts.
     *
     * @param isContact whether an address is in the account's roster; asked only where it matters
     */
    public boolean archives(JID peer, Predicate<JID> isContact) {
        JID bare = peer.asBareJID();
        if (never.contains(peer)) {
            return false;
        }
        if (always.contains(peer)) {
            return true;
        }
        if (never.contains(bare)) {
            return false;
        }
        if (always.contains(bare)) {
            return true;
        }
        return switch (rest) {
            case ALWAYS -> true;
            case NEVER -> false;
            case ROSTER -> isContact.test(bare);
        };
    }
}
