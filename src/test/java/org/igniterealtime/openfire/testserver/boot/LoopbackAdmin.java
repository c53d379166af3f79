package org.igniterealtime.openfire.testserver.boot;

import java.util.Set;
import javax.servlet.http.HttpServletRequest;
import org.jivesoftware.admin.ServletRequestAuthenticator;

/**
 * Lets a browser on this machine into the admin console as {@code admin}, without a password. For the server of
 * {@code mvn -Prun} and of tests only; it listens on loopback. The host name is looked at too, so that a page from elsewhere
 * cannot get in by a DNS name that resolves to 127.0.0.1.
 */
public final class LoopbackAdmin implements ServletRequestAuthenticator {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost");

    @Override
    public String authenticateRequest(HttpServletRequest request) {
        boolean local = LOOPBACK.contains(request.getRemoteAddr()) && LOOPBACK.contains(request.getServerName());
        return local ? "admin" : null;
    }
}
