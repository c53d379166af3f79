package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether a message of a room is about one of its occupants: by XEP-0372, or by a name in the body (R04). */
final class Mentions {

    static final Mentions NOT_ASKED = new Mentions("", "", Set.of());

    private static final String SCHEME = "xmpp:";

    private final String room;
    private final String account;
    private final Set<String> names;

    private Mentions(String room, String account, Set<String> names) {
        this.room = room;
        this.account = account;
        this.names = names;
    }

    /**
     * @param from the stanza's {@code from}, a full JID of an occupant, or the room's own
     * @param to the stanza's {@code to}, a full JID of the account
     * @param nickname the account's nickname in the room, may be empty
     */
    static Mentions of(String from, String to, String nickname) {
        String account = bare(to);
        int at = account.indexOf('@');
        Set<String> names = Stream.of(at < 0 ? "" : account.substring(0, at), lowerCase(nickname))
                .filter(name -> !name.isBlank())
                .collect(Collectors.toUnmodifiableSet());
        return new Mentions(bare(from), account, names);
    }

    boolean isAskedFor() {
        return !account.isEmpty();
    }

    boolean in(ElementView child, PayloadKind kind) {
        if (kind == PayloadKind.BODY) {
            return isNamedIn(lowerCase(child.text()));
        }
        return child.namespace().equals("urn:xmpp:reference:0")
                && child.name().equals("reference")
                && child.attribute("type").filter("mention"::equals).isPresent()
                && child.attribute("uri").filter(this::isUriOfAccount).isPresent();
    }

    /** A URI of the account, or of an occupant of this room with one of its names (RFC 5122, without query). */
    private boolean isUriOfAccount(String uri) {
        if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        String address = uri.substring(SCHEME.length()).split("[?#]", 2)[0];
        // Before decoding: a slash that is encoded belongs to a name.
        int slash = address.indexOf('/');
        String mentioned = lowerCase(decoded(slash < 0 ? address : address.substring(0, slash)));
        if (mentioned.equals(account)) {
            return true;
        }
        return slash >= 0 && mentioned.equals(room) && names.contains(lowerCase(decoded(address.substring(slash + 1))));
    }

    private boolean isNamedIn(String text) {
        for (String name : names) {
            for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
                if (isWordBorder(text, at - 1) && isWordBorder(text, at + name.length())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isWordBorder(String text, int index) {
        return index < 0 || index >= text.length() || !Character.isLetterOrDigit(text.charAt(index));
    }

    private static String bare(String jid) {
        int slash = jid.indexOf('/');
        return lowerCase(slash < 0 ? jid : jid.substring(0, slash));
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** RFC 3986 §2.1, in UTF-8 as RFC 5122 §2.7.2 has it. A broken escape stands for itself; plus is no space. */
    private static String decoded(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        byte[] plain = new byte[encoded.length];
        int length = 0;
        for (int i = 0; i < encoded.length; i++) {
            int octet = encoded[i] == '%' && i + 2 < encoded.length ? octet(encoded[i + 1], encoded[i + 2]) : -1;
            plain[length++] = octet < 0 ? encoded[i] : (byte) octet;
            i += octet < 0 ? 0 : 2;
        }
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }

    private static int octet(byte high, byte low) {
        int first = Character.digit(high, 16);
        int second = Character.digit(low, 16);
        return first < 0 || second < 0 ? -1 : first * 16 + second;
    }
}
