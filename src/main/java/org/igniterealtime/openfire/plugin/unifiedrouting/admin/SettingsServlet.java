package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.SettingGroup;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.SettingsAdministration;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.SettingsChange;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.UnifiedRoutingPlugin;

/** The page on which administrators change the plugin's settings. */
public final class SettingsServlet extends ConsoleServlet {

    private static final long serialVersionUID = 1L;

    /** The session's attribute with the key of what the next page says. */
    private static final String NEWS = "unifiedrouting.settings.news";

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<UnifiedRoutingPlugin> plugin = plugin(response);
        if (plugin.isPresent()) {
            Optional<SettingsPage.Notice> news = Optional.empty();
            if (request.getSession().getAttribute(NEWS) instanceof String text) {
                request.getSession().removeAttribute(NEWS);
                news = Optional.of(new SettingsPage.Notice(Page.Box.SUCCESS, text));
            }
            show(request, response, plugin.get().settings().view(), news, Optional.empty());
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<UnifiedRoutingPlugin> plugin = plugin(response);
        if (plugin.isEmpty()) {
            return;
        }
        SettingsAdministration settings = plugin.get().settings();
        if (!FormToken.isIn(request)) {
            SettingsPage.Notice refusal = new SettingsPage.Notice(Page.Box.ERROR, "strange-form");
            show(request, response, settings.view(), Optional.of(refusal), Optional.empty());
            return;
        }
        Optional<String> agreement = Optional.ofNullable(request.getParameter(SettingsPage.AGREED));
        SettingsChange change = settings.change(entered(request, settings.view()), agreement, administrator(request));
        if (change instanceof SettingsChange.Done done) {
            request.getSession().setAttribute(NEWS, done.isAnyReadAtLoad() ? "saved-for-load" : "saved");
            // Who loads the page anew sends nothing again.
            response.sendRedirect(request.getRequestURI());
        } else if (change instanceof SettingsChange.Refused refused) {
            show(request, response, refused.entered(), Optional.of(notice(refused.reason())), refused.agreement());
        }
    }

    private static SettingsPage.Notice notice(SettingsChange.Reason reason) {
        return switch (reason) {
            case MISTAKES -> new SettingsPage.Notice(Page.Box.ERROR, "mistakes");
            case DELETES -> new SettingsPage.Notice(Page.Box.WARNING, "deletes");
            case DATABASE -> new SettingsPage.Notice(Page.Box.ERROR, "database");
        };
    }

    /** What was changed on the page. What was not, somebody else may have changed meanwhile. */
    private static Map<String, String> entered(HttpServletRequest request, List<SettingGroup> groups) {
        Map<String, String> entered = new HashMap<>();
        groups.forEach(group -> group.settings().forEach(setting -> {
            String text = request.getParameter(setting.key());
            if (text != null && !text.equals(request.getParameter(SettingsPage.WAS + setting.key()))) {
                entered.put(setting.key(), text);
            }
        }));
        return entered;
    }

    private static void show(
            HttpServletRequest request,
            HttpServletResponse response,
            List<SettingGroup> groups,
            Optional<SettingsPage.Notice> notice,
            Optional<String> agreement)
            throws IOException {
        SettingsPage page = new SettingsPage(ConsoleServlet::text);
        answer(response, page.render(groups, notice, FormToken.field(request), agreement));
    }
}
