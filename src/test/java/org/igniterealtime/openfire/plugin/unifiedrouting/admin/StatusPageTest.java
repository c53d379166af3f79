package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.dom4j.DocumentException;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.ArchiveAnswer;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.StatusView;
import org.junit.jupiter.api.Test;

class StatusPageTest {

    private final StatusPage page = new StatusPage(ConsoleTexts::of);

    @Test
    void runningPluginShowsItsFiguresAndNoWarning() throws DocumentException {
        Element body = body(running(true, new ArchiveAnswer.Ours()));

        assertThat(body.elements("div")).isEmpty();
        assertThat(cell(body, "version")).isEqualTo("1.2.3");
        assertThat(cell(body, "archived")).isEqualTo("4");
        assertThat(cell(body, "not-archived")).isEqualTo("5");
        assertThat(cell(body, "unreadable")).isEqualTo("8");
        assertThat(cell(body, "subscribed-sessions")).isEqualTo("6");
        assertThat(cell(body, "subscribed-accounts")).isEqualTo("7");
        assertThat(cell(body, "mam")).isEqualTo("Unified Routing");
    }

    @Test
    void outageAndForeignArchiveAreWarnedOf() throws DocumentException {
        Element body = body(running(false, new ArchiveAnswer.Another("Monitoring <Service>")));

        assertThat(body.elements("div"))
                .extracting(box -> box.attributeValue("class"))
                .containsExactly("jive-error", "jive-warning");
        assertThat(cell(body, "database")).isEqualTo("Does not answer");
        assertThat(cell(body, "mam")).isEqualTo("Another plugin: Monitoring <Service>");
    }

    @Test
    void pluginThatCouldNotStartSaysWhy() throws DocumentException {
        String reason = "no table <ofUnifiedArchive> & \"nothing\" else's";

        Element body = body(new StatusView("1.2.3", new StatusView.NotRunning(Optional.of(reason)), List.of()));

        assertThat(body.element("div").attributeValue("class")).isEqualTo("jive-error");
        assertThat(cell(body, "state")).isEqualTo("Not running");
        assertThat(cell(body, "reason")).isEqualTo(reason);
    }

    @Test
    void settingsWithAMistakeAreWarnedOf() throws DocumentException {
        StatusView.State state = new StatusView.Running(true, 4, 5, 8, 6, 7, new ArchiveAnswer.Ours());

        Element body = body(new StatusView("1.2.3", state, List.of("plugin.one", "plugin.another")));

        assertThat(body.element("div").attributeValue("class")).isEqualTo("jive-warning");
        assertThat(body.element("div").getStringValue()).endsWith("plugin.one, plugin.another");
    }

    @Test
    void everyTextIsEscaped() {
        String html = new StatusPage(key -> "<script>")
                .render(new StatusView(
                        "<script>", new StatusView.NotRunning(Optional.of("<script>")), List.of("<script>")));

        assertThat(html).doesNotContain("<script>").contains("&lt;script&gt;");
    }

    private static StatusView running(boolean databaseReachable, ArchiveAnswer answer) {
        return new StatusView("1.2.3", new StatusView.Running(databaseReachable, 4, 5, 8, 6, 7, answer), List.of());
    }

    /** The page is HTML; what is in its body is XML too. */
    private Element body(StatusView view) throws DocumentException {
        String html = page.render(view);
        String body = html.substring(html.indexOf("<body>"), html.indexOf("</html>"));
        return DocumentHelper.parseText(body).getRootElement();
    }

    private static String cell(Element body, String id) {
        return body.element("table").element("tbody").elements("tr").stream()
                .filter(row -> id.equals(row.attributeValue("id")))
                .map(row -> row.elementText("td"))
                .findFirst()
                .orElseThrow();
    }
}
