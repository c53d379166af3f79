package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** The texts of the pages, as they are in the jar. Immutable. */
final class ConsoleTexts {

    private static final Properties TEXTS = read();

    private ConsoleTexts() {}

    /** @throws AssertionError if there is none */
    static String of(String key) {
        String text = TEXTS.getProperty(key);
        assertThat(text).as(key).isNotNull();
        return text;
    }

    private static Properties read() {
        Path file = Path.of("i18n/unifiedrouting_i18n.properties");
        try (var reader = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
            Properties texts = new Properties();
            texts.load(reader);
            return texts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
