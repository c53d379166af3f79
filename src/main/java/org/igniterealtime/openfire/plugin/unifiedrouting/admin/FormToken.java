package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpSession;

/**
 * Shows that a form was sent from a page of ours, and not from one that somebody lured an administrator to. Openfire 5 has such
 * a token of its own, which its forms have to send too; 4.2 has none. Thread-safe.
 */
final class FormToken {

    /** Of the form's field and of the session's attribute. */
    private static final String NAME = "unifiedrouting.token";

    /** COMPAT(5.x): the name of Openfire's own token, of field and request attribute; see plugin.xml. */
    private static final String OF_OPENFIRE = "csrf";

    private static final int BYTES = 24;

    private FormToken() {}

    /** The fields that a form of this page sends along. */
    static Map<String, String> fields(HttpServletRequest request) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(NAME, of(request.getSession()));
        if (request.getAttribute(OF_OPENFIRE) instanceof String token) {
            fields.put(OF_OPENFIRE, token);
        }
        return fields;
    }

    /** Whether this request is a form of ours. Openfire has checked its own token. */
    static boolean isIn(HttpServletRequest request) {
        String token = request.getParameter(NAME);
        return token != null && MessageDigest.isEqual(bytes(token), bytes(of(request.getSession())));
    }

    /** One for each session, so that pages that are open side by side all work. */
    private static String of(HttpSession session) {
        synchronized (FormToken.class) {
            if (session.getAttribute(NAME) instanceof String token) {
                return token;
            }
            byte[] random = new byte[BYTES];
            new SecureRandom().nextBytes(random);
            String token = Base64.getUrlEncoder().encodeToString(random);
            session.setAttribute(NAME, token);
            return token;
        }
    }

    private static byte[] bytes(String token) {
        return token.getBytes(StandardCharsets.UTF_8);
    }
}
