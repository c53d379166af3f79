package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.io.IOException;
import java.util.Optional;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.UnifiedRoutingPlugin;

/** The page that says whether the plugin works. Reads only. */
public final class StatusServlet extends ConsoleServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<UnifiedRoutingPlugin> plugin = plugin(response);
        if (plugin.isPresent()) {
            answer(
                    response,
                    new StatusPage(ConsoleServlet::text).render(plugin.get().status()));
        }
    }
}
