package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.StorePaths;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the plugin's settings: which of Openfire's properties says it, what that may say, and what is in force where it says
 * nothing or something else. Immutable.
 *
 * @param <T> what the code reads
 */
final class Setting<T> {

    static final String PREFIX = "plugin.unifiedrouting.";

    /** What a text means. */
    sealed interface Reading<T> {}

    /** @param text as short as it can be said */
    record Valid<T>(T value, String text) implements Reading<T> {}

    /** @param why for administrators, to follow "the text is" */
    record Wrong<T>(String why) implements Reading<T> {}

    private static final Logger Log = LoggerFactory.getLogger(Setting.class);

    private final String key;
    private final SettingType type;
    private final Valid<T> normal;
    private final Function<String, Reading<T>> parser;

    private Setting(String key, SettingType type, Valid<T> normal, Function<String, Reading<T>> parser) {
        this.key = key;
        this.type = type;
        this.normal = normal;
        this.parser = parser;
    }

    static Setting<Boolean> ofBoolean(String key, boolean normal) {
        return ofWords(key, List.of(true, false), normal, "neither true nor false");
    }

    static <E extends Enum<E>> Setting<E> ofEnum(String key, E normal) {
        List<E> values = Arrays.asList(normal.getDeclaringClass().getEnumConstants());
        return ofWords(key, values, normal, "none of " + words(values));
    }

    private static <T> Setting<T> ofWords(String key, List<T> values, T normal, String otherwise) {
        return new Setting<>(key, new SettingType.Words(words(values)), new Valid<>(normal, word(normal)), text -> {
            for (T value : values) {
                if (word(value).equalsIgnoreCase(text.strip())) {
                    return new Valid<>(value, word(value));
                }
            }
            return new Wrong<>(otherwise);
        });
    }

    private static List<String> words(List<?> values) {
        return values.stream().map(Setting::word).toList();
    }

    private static String word(Object value) {
        return value.toString().toLowerCase(Locale.ROOT);
    }

    static Setting<Long> ofNumber(String key, long least, long most, long normal) {
        return ofNumber(key, new SettingType.Number(least, most, false), normal);
    }

    /** A number in that range, or 0, the default. */
    static Setting<Long> ofNumberOrZero(String key, long least, long most) {
        return ofNumber(key, new SettingType.Number(least, most, true), 0);
    }

    private static Setting<Long> ofNumber(String key, SettingType.Number range, long normal) {
        Wrong<Long> wrong = new Wrong<>(
                "not " + (range.isZeroToo() ? "0 or " : "") + "a number from " + range.least() + " to " + range.most());
        return new Setting<>(key, range, new Valid<>(normal, Long.toString(normal)), text -> {
            try {
                long value = Long.parseLong(text.strip());
                return range.holds(value) ? new Valid<>(value, Long.toString(value)) : wrong;
            } catch (NumberFormatException e) {
                return wrong;
            }
        });
    }

    /** Of a list with a mistake nothing is in force. */
    static Setting<StorePaths> ofMatchers(String key) {
        Valid<StorePaths> none = new Valid<>(StorePaths.NONE, "");
        return new Setting<>(key, new SettingType.Matchers(), none, text -> {
            StorePaths.Parsed parsed = StorePaths.parse(text);
            if (parsed instanceof StorePaths.Mistake mistake) {
                return new Wrong<>(
                        "no list of matchers: at character " + (mistake.position() + 1) + ", " + mistake.message());
            }
            return new Valid<>(((StorePaths.Valid) parsed).paths(), text.strip());
        });
    }

    /** Without {@link #PREFIX}. */
    String key() {
        return key;
    }

    /** The name of Openfire's property. */
    String property() {
        return PREFIX + key;
    }

    SettingType type() {
        return type;
    }

    /** What is in force where the property is not set. */
    Valid<T> normal() {
        return normal;
    }

    /** @param text white space around it does not count, but in places of mistakes */
    Reading<T> parse(String text) {
        return parser.apply(text);
    }

    /**
     * What is in force. A text that is wrong is logged.
     *
     * @param properties gives the text of a property, or null where it is not set
     */
    T read(UnaryOperator<String> properties) {
        String text = properties.apply(property());
        if (text == null) {
            return normal.value();
        }
        Reading<T> reading = parse(text);
        if (reading instanceof Valid<T> valid) {
            return valid.value();
        }
        Log.warn(
                "{} says '{}', which is {}. In force is {}.",
                property(),
                text,
                ((Wrong<T>) reading).why(),
                normal.text().isEmpty() ? "nothing of it" : normal.text());
        return normal.value();
    }
}
