package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether a message of a room is about one of its occupants: by XEP-0372, or by a name in the body (R04). */
final class Mentions {

    static final Mentions NOT_ASKED = new Mentions("", Set.of());

    private final String uri;
    private final Set<String> names;

    private Mentions(String uri, Set<String> names) {
        this.uri = uri;
        this.names = names;
    }

    /**
     * @param to the stanza's {@code to}, a full JID of the account
     * @param nickname the account's nickname in the room, may be empty
     */
    static Mentions of(String to, String nickname) {
        int slash = to.indexOf('/');
        String bare = (slash < 0 ? to : to.substring(0, slash)).toLowerCase(Locale.ROOT);
        int at = bare.indexOf('@');
        Set<String> names = Stream.of(at < 0 ? "" : bare.substring(0, at), nickname.toLowerCase(Locale.ROOT))
                .filter(name -> !name.isBlank())
                .collect(Collectors.toUnmodifiableSet());
        return new Mentions("xmpp:" + bare, names);
    }

    boolean isAskedFor() {
        return !uri.isEmpty();
    }

    boolean in(ElementView child, PayloadKind kind) {
        if (kind == PayloadKind.BODY) {
            return isNamedIn(child.text().toLowerCase(Locale.ROOT));
        }
        return child.namespace().equals("urn:xmpp:reference:0")
                && child.name().equals("reference")
                && child.attribute("type").filter("mention"::equals).isPresent()
                && child.attribute("uri").filter(this::isUriOfAccount).isPresent();
    }

    /** A URI of the account, or of a room's occupant with the account's nickname (RFC 5122, without query). */
    private boolean isUriOfAccount(String mentioned) {
        int end = mentioned.indexOf('?');
        String address = (end < 0 ? mentioned : mentioned.substring(0, end)).toLowerCase(Locale.ROOT);
        int slash = address.indexOf('/');
        if (uri.equals(slash < 0 ? address : address.substring(0, slash))) {
            return true;
        }
        return slash >= 0 && names.contains(address.substring(slash + 1).replace("%20", " "));
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
}
