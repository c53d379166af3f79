package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineHead;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;

/**
 * What XEP-0013 names an offline message by: opaque to clients, ordered as text like the messages. A MID is no order, and
 * a place never leaves the server; so times come first, and those of one time are counted.
 *
 * @param millis the message's time
 * @param number tells how many of the same time were shown before; not needed to find the message
 * @param mid the message
 */
record OfflineNode(long millis, int number, Mid mid) {

    private static final Pattern TEXT = Pattern.compile("(\\d{13,18})-(\\d{6,9})-(.+)", Pattern.DOTALL);

    /** The first node of a list, or of a message that is shown alone. */
    static OfflineNode of(OfflineMessage message) {
        return new OfflineNode(message.receivedAt().toEpochMilli(), 0, message.mid());
    }

    /** The node of the message that is shown next. */
    OfflineNode next(OfflineMessage message) {
        OfflineNode next = of(message);
        return next.millis == millis ? new OfflineNode(millis, number + 1, next.mid) : next;
    }

    /** Empty if nothing was ever shown under this name. */
    static Optional<OfflineNode> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches() && Mid.isPossible(parts.group(3))
                ? Optional.of(new OfflineNode(
                        Long.parseLong(parts.group(1)), Integer.parseInt(parts.group(2)), new Mid(parts.group(3))))
                : Optional.empty();
    }

    /** Whether this is the node of that message. */
    boolean isOf(OfflineHead message) {
        return mid.equals(message.mid()) && millis == message.receivedAt().toEpochMilli();
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%013d-%06d-%s", millis, number, mid.value());
    }
}
