package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.Set;

/** The namespaces in which one and the same stanza travels on its way through servers (RFC 6120 §4.8.3). */
final class StanzaNamespaces {

    /** The empty one: a stanza made inside the server has no stream and hence no namespace yet. */
    static final Set<String> ALL =
            Set.of("", "jabber:client", "jabber:server", "jabber:component:accept", "jabber:component:connect");

    private StanzaNamespaces() {}

    static boolean same(String one, String other) {
        return one.equals(other) || ALL.contains(one) && ALL.contains(other);
    }
}
