package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.util.function.UnaryOperator;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.ArchiveAnswer;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.StatusView;

/** The status page as HTML. Immutable. */
final class StatusPage {

    private static final String ID = "unifiedrouting-status";

    private final UnaryOperator<String> texts;

    /**
     * @param texts the text of an i18n key, not escaped
     */
    StatusPage(UnaryOperator<String> texts) {
        this.texts = texts;
    }

    String render(StatusView view) {
        Page page = new Page(ID, text("title"));
        if (view.state() instanceof StatusView.Running running) {
            page.body().addElement("p").setText(text("intro"));
            warnings(page, running);
            mistakes(page, view);
            Element rows = page.table();
            row(rows, "version", view.version());
            row(rows, "state", text("state.running"));
            figures(rows, running);
        } else if (view.state() instanceof StatusView.NotRunning stopped) {
            page.box(Page.Box.ERROR, text("not-running"));
            mistakes(page, view);
            Element rows = page.table();
            row(rows, "version", view.version());
            row(rows, "state", text("state.not-running"));
            stopped.reason().ifPresent(reason -> row(rows, "reason", reason));
        }
        return page.html();
    }

    private void warnings(Page page, StatusView.Running running) {
        if (!running.databaseReachable()) {
            page.box(Page.Box.ERROR, text("database.outage"));
        }
        if (!(running.archiveAnswer() instanceof ArchiveAnswer.Ours)) {
            page.box(Page.Box.WARNING, text("mam.not-ours"));
        }
    }

    private void mistakes(Page page, StatusView view) {
        if (!view.mistakenSettings().isEmpty()) {
            page.box(Page.Box.WARNING, text("settings.mistaken") + ' ' + String.join(", ", view.mistakenSettings()));
        }
    }

    private void figures(Element rows, StatusView.Running running) {
        row(rows, "database", text(running.databaseReachable() ? "database.reachable" : "database.unreachable"));
        row(rows, "archived", Long.toString(running.archived()));
        row(rows, "not-archived", Long.toString(running.notArchived()));
        row(rows, "unreadable", Long.toString(running.unreadable()));
        row(rows, "subscribed-sessions", Integer.toString(running.subscribedSessions()));
        row(rows, "subscribed-accounts", Integer.toString(running.subscribedAccounts()));
        row(rows, "mam", answering(running.archiveAnswer()));
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

    private void row(Element rows, String key, String value) {
        Page.row(rows, key, text(key), value);
    }

    private String text(String key) {
        return texts.apply("unifiedrouting.status." + key);
    }
}
