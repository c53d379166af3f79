package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.text.MessageFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.SettingGroup;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.SettingType;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.SettingView;

/** The settings page as HTML. Immutable. */
final class SettingsPage {

    /** The form's field with which deleting is agreed to. */
    static final String AGREED = "deleting-agreed";

    /** Before a setting's key: the form's field with what it said when the page was made. */
    static final String WAS = "was.";

    /** Those that may delete messages. */
    private static final Set<String> DELETING =
            Set.of("archive.age", "archive.quota-messages", "archive.quota-bytes", "archive.quota-reaction");

    private static final int LONGEST_SHOWN = 100;
    private static final String ID = "unifiedrouting-settings";

    /**
     * What the page says first.
     *
     * @param text its key
     */
    record Notice(Page.Box box, String text) {}

    private final UnaryOperator<String> texts;

    /**
     * @param texts the text of an i18n key, not escaped
     */
    SettingsPage(UnaryOperator<String> texts) {
        this.texts = texts;
    }

    /**
     * @param hidden fields that the form sends along
     * @param agreement what the form asks to agree to, if messages are deleted
     */
    String render(
            List<SettingGroup> groups,
            Optional<Notice> notice,
            Map<String, String> hidden,
            Optional<String> agreement) {
        Page page = new Page(ID, text("title"));
        notice.ifPresent(said -> page.box(said.box(), text(said.text())));
        page.body().addElement("p").setText(text("intro"));
        Element form = page.form(hidden);
        groups.forEach(group -> group(form, group));
        agreement.ifPresent(text -> askFor(form, text, groups));
        form.addElement("input").addAttribute("type", "submit").addAttribute("value", text("save"));
        return page.html();
    }

    private void askFor(Element form, String agreement, List<SettingGroup> groups) {
        Element list = form.addElement("ul");
        groups.stream()
                .flatMap(group -> group.settings().stream())
                .filter(setting ->
                        DELETING.contains(setting.key()) && !setting.text().equals(setting.stored()))
                .forEach(setting -> list.addElement("li")
                        .setText(text(
                                "deletes.change",
                                text(setting.key()),
                                shown(setting, setting.stored()),
                                shown(setting, setting.text().isBlank() ? setting.normal() : setting.text()))));
        Element label = form.addElement("p").addElement("label");
        label.addElement("input")
                .addAttribute("type", "checkbox")
                .addAttribute("name", AGREED)
                .addAttribute("value", agreement);
        label.addText(" " + text("deletes.agree"));
    }

    private void group(Element form, SettingGroup group) {
        form.addElement("div").addAttribute("class", "jive-contentBoxHeader").setText(text("group." + group.name()));
        Element rows = form.addElement("div")
                .addAttribute("class", "jive-contentBox")
                .addElement("table")
                .addAttribute("style", "border-spacing: 0 0.8em")
                .addElement("tbody");
        group.settings().forEach(setting -> row(rows, setting));
    }

    private void row(Element rows, SettingView setting) {
        Element row = rows.addElement("tr").addAttribute("style", "vertical-align: top");
        row.addElement("th")
                .addAttribute("scope", "row")
                .addAttribute("style", "text-align: left; width: 30%")
                .addElement("label")
                .addAttribute("for", setting.key())
                .setText(text(setting.key()));
        Element cell = row.addElement("td");
        field(cell, setting);
        cell.addElement("input")
                .addAttribute("type", "hidden")
                .addAttribute("name", WAS + setting.key())
                .addAttribute("value", setting.stored());
        setting.mistake()
                .ifPresent(mistake -> cell.addElement("div")
                        .addAttribute("class", "jive-error-text")
                        .addAttribute("id", setting.key() + "-mistake")
                        .setText(text(
                                "mistake", shortened(setting.text()), mistake, shown(setting, setting.inForce()))));
        cell.addElement("div")
                .addAttribute("class", "jive-description")
                .addAttribute("id", setting.key() + "-description")
                .setText(description(setting));
    }

    private String description(SettingView setting) {
        StringBuilder text = new StringBuilder(text(setting.key() + ".description"));
        if (setting.type() instanceof SettingType.Number range) {
            text.append(' ')
                    .append(text(range.isZeroToo() ? "range-or-zero" : "range", "" + range.least(), "" + range.most()));
        }
        text.append(' ').append(text("default", shown(setting, setting.normal())));
        if (setting.isReadAtLoad()) {
            text.append(' ').append(text("at-load"));
        }
        return text.toString();
    }

    private void field(Element cell, SettingView setting) {
        if (setting.type() instanceof SettingType.Words words) {
            Element select = named(cell.addElement("select"), setting);
            String chosen = words.words().contains(setting.text()) ? setting.text() : setting.inForce();
            for (String word : words.words()) {
                Element option = select.addElement("option").addAttribute("value", word);
                if (word.equals(chosen)) {
                    option.addAttribute("selected", "selected");
                }
                option.setText(shown(setting, word));
            }
        } else {
            boolean isNumber = setting.type() instanceof SettingType.Number;
            named(cell.addElement("input").addAttribute("type", "text"), setting)
                    .addAttribute("size", isNumber ? "18" : "70")
                    .addAttribute("value", setting.text());
        }
    }

    private static Element named(Element field, SettingView setting) {
        return field.addAttribute("id", setting.key())
                .addAttribute("name", setting.key())
                .addAttribute(
                        "aria-describedby",
                        (setting.mistake().isPresent() ? setting.key() + "-mistake " : "") + setting.key()
                                + "-description");
    }

    /** What a setting says, in people's words. */
    private String shown(SettingView setting, String text) {
        if (setting.type() instanceof SettingType.Words words && words.words().contains(text)) {
            boolean isYesOrNo = words.words().contains("true");
            return text(isYesOrNo ? "word." + text : setting.key() + ".word." + text);
        }
        return text.isEmpty() ? text("empty") : text;
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
    }

    private String text(String key, String... values) {
        String text = texts.apply("unifiedrouting.settings." + key);
        return values.length == 0 ? text : MessageFormat.format(text, (Object[]) values);
    }
}
