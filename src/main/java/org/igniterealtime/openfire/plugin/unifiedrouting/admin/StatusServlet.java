package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.io.IOException;
import java.util.Optional;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.UnifiedRoutingPlugin;
import org.jivesoftware.util.LocaleUtils;

/** The page that says whether the plugin works. Reads only; Openfire has checked that an administrator asks. */
public final class StatusServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final String BUNDLE = "unifiedrouting";

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<UnifiedRoutingPlugin> plugin = UnifiedRoutingPlugin.loaded();
        if (plugin.isEmpty()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        StatusPage page = new StatusPage(key -> LocaleUtils.getLocalizedString(key, BUNDLE));
        String html = page.render(plugin.get().status());
        response.setContentType("text/html; charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.getWriter().write(html);
    }
}
