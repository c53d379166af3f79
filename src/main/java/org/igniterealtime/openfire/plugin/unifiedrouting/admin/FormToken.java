package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpSession;

/**
 * Shows that a form was sent from a page of ours, and not from one that somebody lured an administrator to. Openfire 4.2 looks
 * for nothing like that; 5 would, but with a new token for each page that is loaded: who has looked at another page meanwhile
 * would lose what he entered. Thread-safe.
 */
final class FormToken {

    /** Of the form's field and of the session's attribute. */
    private static final String NAME = "unifiedrouting.token";

    private static final int BYTES = 24;

    private FormToken() {}

    /** The field that a form of this page sends along. */
    static Map<String, String> field(HttpServletRequest request) {
        return Map.of(NAME, of(request.getSession()));
    }

    /** Whether this request is a form of ours. */
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
