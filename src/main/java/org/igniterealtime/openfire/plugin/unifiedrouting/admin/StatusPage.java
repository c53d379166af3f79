package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.util.function.UnaryOperator;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.ArchiveAnswer;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.StatusView;

/**
 * The status page as HTML. Openfire puts its frame around it, finds the menu entry by {@code pageID}, and brings the
 * style sheet. Immutable.
 */
final class StatusPage {

    private static final String PAGE_ID = "unifiedrouting-status";

    private final UnaryOperator<String> texts;

    /**
     * @param texts the text of an i18n key, not escaped
     */
    StatusPage(UnaryOperator<String> texts) {
        this.texts = texts;
    }

    String render(StatusView view) {
        StringBuilder body = new StringBuilder();
        if (view.state() instanceof StatusView.Running running) {
            body.append("<p>").append(Html.escape(text("intro"))).append("</p>\n");
            warnings(body, running);
            body.append("<table class=\"jive-table\"><tbody>");
            row(body, "version", view.version());
            row(body, "state", text("state.running"));
            figures(body, running);
        } else if (view.state() instanceof StatusView.NotRunning stopped) {
            box(body, "jive-error", text("not-running"));
            body.append("<table class=\"jive-table\"><tbody>");
            row(body, "version", view.version());
            row(body, "state", text("state.not-running"));
            stopped.reason().ifPresent(reason -> row(body, "reason", reason));
        }
        body.append("</tbody></table>");
        return page(body);
    }

    private void warnings(StringBuilder body, StatusView.Running running) {
        if (!running.databaseReachable()) {
            box(body, "jive-error", text("database.outage"));
        }
        if (!(running.archiveAnswer() instanceof ArchiveAnswer.Ours)) {
            box(body, "jive-warning", text("mam.not-ours"));
        }
    }

    private void figures(StringBuilder body, StatusView.Running running) {
        row(body, "database", text(running.databaseReachable() ? "database.reachable" : "database.unreachable"));
        row(body, "archived", Long.toString(running.archived()));
        row(body, "not-archived", Long.toString(running.notArchived()));
        row(body, "unreadable", Long.toString(running.unreadable()));
        row(body, "subscribed-sessions", Integer.toString(running.subscribedSessions()));
        row(body, "subscribed-accounts", Integer.toString(running.subscribedAccounts()));
        row(body, "mam", answering(running.archiveAnswer()));
    }

    private String answering(ArchiveAnswer answer) {
        if (answer instanceof ArchiveAnswer.Ours) {
            return text("mam.ours");
        }
        if (answer instanceof ArchiveAnswer.Another another) {
            return text("mam.another") + ' ' + another.name();
        }
        return text(answer instanceof ArchiveAnswer.Nobody ? "mam.nobody" : "mam.unknown");
    }

    /** As the console's own boxes are built, whose style sheet knows them as tables. */
    private static void box(StringBuilder body, String style, String text) {
        body.append("<div class=\"").append(style).append("\"><table><tbody><tr><td class=\"jive-icon-label\">");
        body.append(Html.escape(text)).append("</td></tr></tbody></table></div>\n");
    }

    private void row(StringBuilder body, String key, String value) {
        body.append("<tr id=\"").append(key).append("\"><th scope=\"row\">");
        body.append(Html.escape(text(key))).append("</th><td>");
        body.append(Html.escape(value)).append("</td></tr>\n");
    }

    private String text(String key) {
        return texts.apply("unifiedrouting.status." + key);
    }

    private String page(CharSequence body) {
        return """
                <!DOCTYPE html>
                <html>
                <head>
                <meta charset="UTF-8">
                <title>%s</title>
                <meta name="pageID" content="%s">
                </head>
                <body>
                %s
                </body>
                </html>
                """.formatted(Html.escape(text("title")), PAGE_ID, body);
    }
}
