package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.io.OutputFormat;
import org.dom4j.io.XMLWriter;

/**
 * A page of the console while it is put together. Openfire puts its frame around it, finds the menu entry by {@code pageID},
 * and brings the style sheet. All that goes into it is a tree, so that text is escaped when it is written. Not thread-safe.
 */
final class Page {

    /** What a box tells, by the console's style sheet. */
    enum Box {
        SUCCESS,
        WARNING,
        ERROR;

        private String style() {
            return "jive-" + name().toLowerCase(Locale.ROOT);
        }
    }

    private final String id;
    private final Element html = DocumentHelper.createElement("html");
    private final Element head;
    private final Element body;

    /** @param id of the menu entry in plugin.xml */
    Page(String id, String title) {
        this.id = id;
        head = html.addElement("head");
        head.addElement("meta").addAttribute("charset", "UTF-8");
        head.addElement("title").setText(title);
        head.addElement("meta").addAttribute("name", "pageID").addAttribute("content", id);
        body = html.addElement("body");
    }

    Element body() {
        return body;
    }

    /** Lets the browser load it again. */
    void refresh(Duration interval) {
        head.addElement("meta")
                .addAttribute("http-equiv", "refresh")
                .addAttribute("content", "" + interval.toSeconds());
    }

    /** A form that sends itself to this page, with these fields that nobody sees. */
    Element form(Map<String, String> hidden) {
        Element form = body.addElement("form").addAttribute("method", "post").addAttribute("action", id + ".jsp");
        hidden.forEach((name, value) -> form.addElement("input")
                .addAttribute("type", "hidden")
                .addAttribute("name", name)
                .addAttribute("value", value));
        return form;
    }

    /** @return where rows go, see {@link #row} */
    Element table() {
        return body.addElement("table").addAttribute("class", "jive-table").addElement("tbody");
    }

    static void row(Element table, String id, String name, String value) {
        Element row = table.addElement("tr").addAttribute("id", id);
        row.addElement("th").addAttribute("scope", "row").setText(name);
        row.addElement("td").setText(value);
    }

    /** As the console's own boxes are built, whose style sheet knows them as tables. */
    void box(Box box, String text) {
        body.addElement("div")
                .addAttribute("class", box.style())
                .addElement("table")
                .addElement("tbody")
                .addElement("tr")
                .addElement("td")
                .addAttribute("class", "jive-icon-label")
                .setText(text);
    }

    String html() {
        StringWriter out = new StringWriter().append("<!DOCTYPE html>\n");
        try {
            new HtmlWriter(out).write(html);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    /** Of elements without content HTML closes these only by themselves. */
    private static final class HtmlWriter extends XMLWriter {

        private static final Set<String> VOID = Set.of("br", "input", "meta");

        HtmlWriter(StringWriter out) {
            super(out, new OutputFormat());
        }

        @Override
        protected void writeEmptyElementClose(String name) throws IOException {
            if (VOID.contains(name)) {
                super.writeEmptyElementClose(name);
            } else {
                writer.write("></" + name + '>');
            }
        }
    }
}
