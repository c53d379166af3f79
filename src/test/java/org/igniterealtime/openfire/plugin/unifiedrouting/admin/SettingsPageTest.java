package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dom4j.DocumentException;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.Node;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.SettingGroup;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.SettingType;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.SettingView;
import org.junit.jupiter.api.Test;

class SettingsPageTest {

    private static final SettingType YES_OR_NO = new SettingType.Words(List.of("true", "false"));

    private final SettingsPage page = new SettingsPage(ConsoleTexts::of);

    @Test
    void fieldsSayWhatIsInForce() throws DocumentException {
        Element html = html(
                Optional.empty(),
                Optional.empty(),
                right("offline.enabled", YES_OR_NO, "false", "true"),
                right("archive.quota-bytes", new SettingType.Number(10_000, 20_000, true), "15000", "0"),
                right("offline.store-paths", new SettingType.Matchers(), "/message/a[b,c=\"d\"]", ""));

        assertThat(selected(html, "offline.enabled")).isEqualTo("false");
        assertThat(options(html, "offline.enabled")).containsExactly("Yes", "No");
        assertThat(value(html, "archive.quota-bytes")).isEqualTo("15000");
        assertThat(description(html, "archive.quota-bytes")).endsWith("0, or 10000 to 20000. Default: 0.");
        assertThat(value(html, "offline.store-paths")).isEqualTo("/message/a[b,c=\"d\"]");
        assertThat(description(html, "offline.store-paths")).endsWith("Default: nothing.");
        assertThat(html.selectNodes("//*[@class='jive-error-text']")).isEmpty();
        assertThat(html.selectNodes("//input[@type='checkbox']")).isEmpty();
    }

    @Test
    void aMistakeStandsBesideItsFieldWithWhatIsInForce() throws DocumentException {
        Element html = html(
                Optional.of(new SettingsPage.Notice(Page.Box.ERROR, "mistakes")),
                Optional.empty(),
                wrong("offline.enabled", YES_OR_NO, "<maybe>", "true"),
                wrong("offline.pair-limit", new SettingType.Number(0, 9, false), "{0} it's", "7"));

        assertThat(text(html, "//*[@class='jive-error']"))
                .isEqualTo(ConsoleTexts.of("unifiedrouting.settings.mistakes"));
        assertThat(selected(html, "offline.enabled")).isEqualTo("true");
        assertThat(text(html, "//*[@id='offline.enabled-mistake']"))
                .isEqualTo("\u201c<maybe>\u201d is wrong. In force is: Yes");
        assertThat(value(html, "offline.pair-limit")).isEqualTo("{0} it's");
        assertThat(text(html, "//*[@id='offline.pair-limit-mistake']"))
                .isEqualTo("\u201c{0} it's\u201d is wrong. In force is: 7");
    }

    @Test
    void theFormSendsWhatItHasToAndAsksBeforeItDeletes() throws DocumentException {
        Element html = html(
                Optional.empty(),
                Optional.of("age 5"),
                new SettingView(
                        "archive.age",
                        new SettingType.Number(0, 9, false),
                        "5",
                        "0",
                        "0",
                        "0",
                        false,
                        Optional.empty()),
                right("archive.quota-bytes", new SettingType.Number(0, 9, false), "7", "0"));

        assertThat(html.selectSingleNode("//form/@method").getStringValue()).isEqualTo("post");
        assertThat(html.selectSingleNode("//form/@action").getStringValue()).isEqualTo("unifiedrouting-settings.jsp");
        assertThat(html.selectSingleNode("//input[@name='to\"ken']/@value").getStringValue())
                .isEqualTo("<1>");
        assertThat(html.selectSingleNode("//input[@type='checkbox']/@name").getStringValue())
                .isEqualTo(SettingsPage.AGREED);
        assertThat(text(html, "//input[@type='checkbox']/@value")).isEqualTo("age 5");
        assertThat(html.selectNodes("//li"))
                .extracting(Node::getText)
                .containsExactly("Days that messages are kept: 0 \u2192 5");
        assertThat(text(html, "//input[@name='was.archive.age']/@value")).isEqualTo("0");
    }

    @Test
    void elementsAreClosedAsHtmlClosesThem() {
        String html = page.render(
                List.of(new SettingGroup("offline", List.of())), Optional.empty(), Map.of("a", "b"), Optional.empty());

        assertThat(html)
                .startsWith("<!DOCTYPE html>\n<html>")
                .contains("<tbody></tbody>", "value=\"b\"/>")
                .doesNotContain("<tbody/>");
    }

    private static SettingView right(String key, SettingType type, String text, String normal) {
        return new SettingView(key, type, text, text, text, normal, false, Optional.empty());
    }

    private static SettingView wrong(String key, SettingType type, String text, String inForce) {
        return new SettingView(key, type, text, text, inForce, inForce, false, Optional.of("wrong"));
    }

    /** What is rendered is XML, too. */
    private Element html(Optional<SettingsPage.Notice> notice, Optional<String> agreement, SettingView... settings)
            throws DocumentException {
        String html = page.render(
                List.of(new SettingGroup("offline", List.of(settings))), notice, Map.of("to\"ken", "<1>"), agreement);
        return DocumentHelper.parseText(html.substring(html.indexOf("<html>"))).getRootElement();
    }

    private static String text(Element html, String path) {
        return html.selectSingleNode(path).getStringValue();
    }

    private static String value(Element html, String key) {
        return text(html, "//input[@id='" + key + "']/@value");
    }

    private static String selected(Element html, String key) {
        return text(html, "//select[@id='" + key + "']/option[@selected]/@value");
    }

    private static List<String> options(Element html, String key) {
        return html.selectNodes("//select[@id='" + key + "']/option").stream()
                .map(Node::getText)
                .toList();
    }

    private static String description(Element html, String key) {
        return text(html, "//*[@id='" + key + "-description']");
    }
}
