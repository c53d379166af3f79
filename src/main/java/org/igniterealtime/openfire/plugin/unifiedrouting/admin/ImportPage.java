package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportProgress;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.RowOutcome;

/** The page from which another archive is brought along, as HTML. Immutable. */
final class ImportPage {

    /** The form's field that says what to do. */
    static final String ACTION = "action";

    static final String START = "start";
    static final String STOP = "stop";

    private static final String ID = "unifiedrouting-import";
    private static final Duration REFRESH = Duration.ofSeconds(3);

    private final UnaryOperator<String> texts;

    /**
     * @param texts the text of an i18n key, not escaped
     */
    ImportPage(UnaryOperator<String> texts) {
        this.texts = texts;
    }

    /** Of a plugin that does not work, or does not know how far it is. */
    String renderNothing(String text) {
        Page page = new Page(ID, text("title"));
        page.box(Page.Box.ERROR, text(text));
        return page.html();
    }

    /**
     * @param mayFillArchives whether to warn of that
     * @param error the key of what the page says first
     * @param hidden fields that the form sends along
     */
    String render(
            ImportProgress progress, boolean mayFillArchives, Optional<String> error, Map<String, String> hidden) {
        Page page = new Page(ID, text("title"));
        error.ifPresent(key -> page.box(Page.Box.ERROR, text(key)));
        page.body().addElement("p").setText(text("intro"));
        if (mayFillArchives) {
            page.box(Page.Box.WARNING, text("fills"));
        }
        figures(page, progress);
        boolean runs = progress.isRunning();
        if (runs) {
            page.refresh(REFRESH);
        }
        Element form = page.form(hidden);
        form.addElement("input")
                .addAttribute("type", "hidden")
                .addAttribute("name", ACTION)
                .addAttribute("value", runs ? STOP : START);
        form.addElement("input")
                .addAttribute("type", "submit")
                .addAttribute("value", text(runs ? "stop" : "start." + key(progress.state())));
        return page.html();
    }

    private void figures(Page page, ImportProgress progress) {
        Element table = page.table();
        row(table, "state", text("state." + key(progress.state())));
        if (progress.state() != ImportProgress.State.NOTHING_TO_IMPORT) {
            progress.failure().ifPresent(failure -> row(table, "failure", failure));
        }
        progress.reached().ifPresent(reached -> row(table, "reached", reached.toString()));
        if (progress.isRunning()) {
            row(table, "speed", String.format(Locale.ROOT, "%.0f", progress.rowsPerSecond()));
        }
        row(table, "seen", Long.toString(progress.tally().seen()));
        for (RowOutcome outcome : RowOutcome.values()) {
            long count = progress.tally().count(outcome);
            if (count > 0 || outcome == RowOutcome.IMPORTED) {
                row(table, key(outcome), Long.toString(count));
            }
        }
        row(table, "entries", Long.toString(progress.tally().entries()));
    }

    private void row(Element table, String key, String value) {
        Page.row(table, key, text(key), value);
    }

    private static String key(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private String text(String key) {
        return texts.apply("unifiedrouting.import." + key);
    }
}
