package org.igniterealtime.openfire.testserver;

import java.util.LinkedHashMap;
import java.util.Map;
import org.igniterealtime.openfire.testserver.boot.LoopbackAdmin;

/** The Openfire properties of every server here: clients on loopback, nothing else, nobody called. */
final class CommonProperties {
    private CommonProperties() {}

    /** Those of the options last, so that they win. */
    static Map<String, String> of(ServerOptions options, int xmppPort) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("xmpp.domain", options.domain());
        properties.put("xmpp.fqdn", "localhost"); // else the host name is looked up
        properties.put("xmpp.socket.plain.port", Integer.toString(xmppPort));
        // Without certificates STARTTLS is not offered; with `required` nobody could log in, with PLAIN neither.
        properties.put("xmpp.client.tls.policy", "optional");
        // Else Nagle's algorithm and delayed acknowledgements hold a stanza that follows another one for 40 ms.
        properties.put("xmpp.socket.tcp-nodelay", "true");
        properties.put("xmpp.auth.anonymous", "false");
        properties.put("update.service-enabled", "false");
        for (String listener : new String[] {
            "xmpp.socket.ssl.active",
            "xmpp.server.socket.active",
            "xmpp.server.socket.ssl.active",
            "xmpp.component.socket.active",
            "xmpp.component.ssl.active",
            "xmpp.multiplex.socket.active",
            "xmpp.multiplex.ssl.active",
            "xmpp.proxy.enabled",
            "flash.crossdomain.enabled",
            "httpbind.enabled"
        }) {
            properties.put(listener, "false");
        }
        properties.put("adminConsole.servlet-request-authenticator", LoopbackAdmin.class.getName());
        properties.putAll(options.properties());
        return properties;
    }
}
