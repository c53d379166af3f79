package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.io.IOException;
import java.util.Optional;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.ImportAdministration;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.UnifiedRoutingPlugin;

/** The page from which the monitoring plugin's archive is brought along. */
public final class ImportServlet extends ConsoleServlet {

    private static final long serialVersionUID = 1L;

    private final transient ImportPage page = new ImportPage(ConsoleServlet::text);

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<UnifiedRoutingPlugin> plugin = plugin(response);
        if (plugin.isPresent()) {
            show(request, response, plugin.get().monitoringImport(), Optional.empty());
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<UnifiedRoutingPlugin> plugin = plugin(response);
        if (plugin.isEmpty()) {
            return;
        }
        Optional<ImportAdministration> running = plugin.get().monitoringImport();
        if (!FormToken.isIn(request)) {
            show(request, response, running, Optional.of("strange-form"));
            return;
        }
        running.ifPresent(importing -> act(importing, request));
        // Who loads the page anew does nothing again.
        response.sendRedirect(request.getRequestURI());
    }

    private void act(ImportAdministration importing, HttpServletRequest request) {
        String action = request.getParameter(ImportPage.ACTION);
        if (ImportPage.START.equals(action)) {
            importing.start(administrator(request));
        } else if (ImportPage.STOP.equals(action)) {
            importing.stop(administrator(request));
        }
    }

    private void show(
            HttpServletRequest request,
            HttpServletResponse response,
            Optional<ImportAdministration> running,
            Optional<String> error)
            throws IOException {
        if (running.isEmpty()) {
            answer(response, page.renderNothing("not-running"));
            return;
        }
        ImportAdministration importing = running.get();
        String html;
        try {
            html = page.render(importing.progress(), importing.mayFillArchives(), error, FormToken.field(request));
        } catch (StoreUnavailable e) {
            html = page.renderNothing("database");
        }
        answer(response, html);
    }
}
