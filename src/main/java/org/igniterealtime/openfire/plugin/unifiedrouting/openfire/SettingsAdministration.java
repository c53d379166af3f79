package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jivesoftware.util.JiveGlobals;

/**
 * Shows and changes the settings for administrators. What is wrong is refused as a whole, and what deletes messages is not done
 * before it was agreed to. A setting that says its default is not kept. Thread-safe.
 */
public final class SettingsAdministration {

    /** The longest text, as UTF-8, that Openfire's table of properties has room for on each database: on DB2 this. */
    private static final int LONGEST = 3000;

    private static final int LONGEST_LOGGED = 200;

    private record Group(String name, List<Setting<?>> settings) {

        Group(String name, Setting<?>... settings) {
            this(name, List.of(settings));
        }
    }

    /** In the order of the page. Without {@code urgency.groupchat}, which nothing depends on yet. */
    private static final List<Group> GROUPS = List.of(
            new Group(
                    "offline",
                    Settings.OFFLINE,
                    Settings.PAIR_LIMIT,
                    Settings.QUOTA_EXCEEDED,
                    Settings.USER_LIMIT,
                    Settings.LARGEST_USER_LIMIT,
                    Settings.MAM_ACCOUNT_AGE),
            new Group("limits", Settings.QUOTA_MESSAGES, Settings.QUOTA_BYTES, Settings.QUOTA_REACTION, Settings.AGE),
            new Group("content", Settings.ARCHIVE_DEFAULT, Settings.UNKNOWN_PAYLOAD, Settings.STORE_PATHS),
            new Group("clients", Settings.SERVE, Settings.LARGEST_PAGE, Settings.CARBONS_TO_SUBSCRIBED),
            new Group("writing", Settings.DURABLE, Settings.WAIT));

    private static final Set<Setting<?>> READ_AT_LOAD = Set.of(Settings.DURABLE, Settings.WAIT, Settings.SERVE);

    private final UnaryOperator<String> properties;
    private final BiConsumer<String, String> writer;
    private final BooleanSupplier isDatabaseReachable;
    private final SecurityLog securityLog;

    /** Of Openfire's properties. */
    SettingsAdministration(BooleanSupplier isDatabaseReachable, SecurityLog securityLog) {
        this(
                JiveGlobals::getProperty,
                (property, text) -> {
                    if (text == null) {
                        JiveGlobals.deleteProperty(property);
                    } else {
                        JiveGlobals.setProperty(property, text);
                    }
                },
                isDatabaseReachable,
                securityLog);
    }

    /** @param writer takes a property and what it is to say; null = it is not set any more */
    SettingsAdministration(
            UnaryOperator<String> properties,
            BiConsumer<String, String> writer,
            BooleanSupplier isDatabaseReachable,
            SecurityLog securityLog) {
        this.properties = properties;
        this.writer = writer;
        this.isDatabaseReachable = isDatabaseReachable;
        this.securityLog = securityLog;
    }

    private static Stream<Setting<?>> all() {
        return GROUPS.stream().flatMap(group -> group.settings().stream());
    }

    /** All that the page has, as they are now. */
    public List<SettingGroup> view() {
        return view(Map.of(), Map.of());
    }

    /** The properties in which there is a mistake, so that something else is in force. */
    List<String> mistaken() {
        return Stream.concat(all(), Stream.of(Settings.GROUPCHAT_URGENCY))
                .filter(setting -> view(setting).mistake().isPresent())
                .map(Setting::property)
                .toList();
    }

    private SettingView view(Setting<?> setting) {
        return SettingView.of(setting, properties.apply(setting.property()), READ_AT_LOAD.contains(setting));
    }

    private List<SettingGroup> view(Map<String, String> entered, Map<Setting<?>, String> mistakes) {
        return GROUPS.stream()
                .map(group -> new SettingGroup(
                        group.name(),
                        group.settings().stream()
                                .map(setting -> entered.containsKey(setting.key())
                                        ? view(setting)
                                                .withEntered(
                                                        entered.get(setting.key()),
                                                        Optional.ofNullable(mistakes.get(setting)))
                                        : view(setting))
                                .toList()))
                .toList();
    }

    /**
     * Changes settings.
     *
     * @param entered texts by the settings' keys; blank = the default. What is not in it stays as it is, and what is no
     *     setting of the page does not count
     * @param agreement the one that was asked for with these settings, if messages may have to go
     * @param who the administrator's name
     */
    public synchronized SettingsChange change(Map<String, String> entered, Optional<String> agreement, String who) {
        Map<Setting<?>, String> mistakes = new HashMap<>();
        Map<Setting<?>, String> changes = new LinkedHashMap<>();
        all().filter(setting -> entered.containsKey(setting.key())).forEach(setting -> {
            String text = entered.get(setting.key());
            Setting.Reading<?> reading =
                    setting.parse(text.isBlank() ? setting.normal().text() : text);
            if (reading instanceof Setting.Wrong<?> wrong) {
                mistakes.put(setting, wrong.why());
            } else if (text.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
                mistakes.put(setting, "longer than " + LONGEST + " bytes");
            } else if (!isSaidBy(setting, ((Setting.Valid<?>) reading).text())) {
                changes.put(setting, ((Setting.Valid<?>) reading).text());
            }
        });
        if (!mistakes.isEmpty()) {
            return refused(SettingsChange.Reason.MISTAKES, view(entered, mistakes));
        }
        Optional<String> needed = agreementFor(changes);
        if (needed.isPresent() && !needed.equals(agreement)) {
            return new SettingsChange.Refused(SettingsChange.Reason.DELETES, view(entered, mistakes), needed);
        }
        if (!changes.isEmpty() && !isDatabaseReachable.getAsBoolean()) {
            return refused(SettingsChange.Reason.DATABASE, view(entered, mistakes));
        }
        if (!changes.isEmpty()) {
            write(changes, who);
        }
        return new SettingsChange.Done(changes.keySet().stream().anyMatch(READ_AT_LOAD::contains));
    }

    private static SettingsChange refused(SettingsChange.Reason reason, List<SettingGroup> entered) {
        return new SettingsChange.Refused(reason, entered, Optional.empty());
    }

    /** A default that is set says something else: later defaults are not meant. */
    private boolean isSaidBy(Setting<?> setting, String text) {
        String stored = properties.apply(setting.property());
        if (stored == null || text.equals(setting.normal().text())) {
            return stored == null && text.equals(setting.normal().text());
        }
        SettingView now = view(setting);
        return now.mistake().isEmpty() && now.text().equals(text);
    }

    /** Empty if nothing has to go. It says from what to what: who agrees to a year has not agreed to a day. */
    private Optional<String> agreementFor(Map<Setting<?>, String> changes) {
        Map<String, String> changed = new HashMap<>();
        changes.forEach((setting, text) -> changed.put(setting.property(), text));
        Settings then = Settings.read(
                property -> changed.containsKey(property) ? changed.get(property) : properties.apply(property));
        Settings now = Settings.read(properties);
        return then.deletesMoreThan(now) ? Optional.of(kept(now) + " -> " + kept(then)) : Optional.empty();
    }

    private static String kept(Settings settings) {
        return settings.age() + " " + settings.quota();
    }

    /** Each is in force at once, so that no two of them may delete what they spare together. */
    private void write(Map<Setting<?>, String> changes, String who) {
        List<String> lines = new ArrayList<>();
        List<Setting<?>> ordered = changes.keySet().stream()
                .sorted(Comparator.comparingInt(setting -> place(setting, changes.get(setting))))
                .toList();
        for (Setting<?> setting : ordered) {
            String text = changes.get(setting);
            String before = properties.apply(setting.property());
            writer.accept(setting.property(), text.equals(setting.normal().text()) ? null : text);
            lines.add(setting.property() + ": " + shortened(Objects.requireNonNullElse(before, "(default)")) + " -> "
                    + shortened(text));
        }
        securityLog.add(who, "Changed settings of Unified Routing", String.join("\n", lines));
    }

    /** The security log has room for some 4,000 bytes. */
    private static String shortened(String text) {
        return text.length() <= LONGEST_LOGGED ? text : text.substring(0, LONGEST_LOGGED) + "...";
    }

    private static int place(Setting<?> setting, String text) {
        if (setting != Settings.QUOTA_REACTION) {
            return 1;
        }
        return text.equals(Settings.QUOTA_REACTION.normal().text()) ? 2 : 0;
    }
}
