/**
 * A raw XMPP client for wire tests: it sends literal XML and awaits stanzas by predicate, so that a test reads like the
 * dialogue in a specification. Knows RFC 6120 streams, SASL and binding, XEP-0198 from the client's side, and the few
 * elements that our tests look for; it knows nothing of the plugin, of the server's classes, or of any XMPP library.
 */
package org.igniterealtime.openfire.testclient;
