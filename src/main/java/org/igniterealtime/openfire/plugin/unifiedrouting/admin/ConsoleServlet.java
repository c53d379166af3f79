package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.io.IOException;
import java.util.Optional;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.UnifiedRoutingPlugin;
import org.jivesoftware.util.LocaleUtils;
import org.jivesoftware.util.WebManager;

/** What the pages share. Openfire has checked that an administrator asks. */
abstract class ConsoleServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final String BUNDLE = "unifiedrouting";

    /** What is asked for; empty if that is answered already, as the plugin is being unloaded. */
    static Optional<UnifiedRoutingPlugin> plugin(HttpServletResponse response) throws IOException {
        Optional<UnifiedRoutingPlugin> plugin = UnifiedRoutingPlugin.loaded();
        if (plugin.isEmpty()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }
        return plugin;
    }

    /** The text of an i18n key. */
    static String text(String key) {
        return LocaleUtils.getLocalizedString(key, BUNDLE);
    }

    /** Who asks. */
    final String administrator(HttpServletRequest request) {
        WebManager console = new WebManager();
        console.init(request, null, request.getSession(), getServletContext(), null);
        return console.getAuthToken().getUsername();
    }

    static void answer(HttpServletResponse response, String html) throws IOException {
        response.setContentType("text/html; charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.getWriter().write(html);
    }
}
