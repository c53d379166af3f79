package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.xmpp.packet.JID;

/**
 * What somebody has filled into a form. What is missing or makes no sense is an {@link IllegalArgumentException} whose
 * message is for people.
 *
 * @param values by the fields' names
 */
record Answers(Map<String, List<String>> values) {

    JID address(String variable) {
        String text = text(variable);
        try {
            return new JID(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not an address.", e);
        }
    }

    /** Date and time of XEP-0082. */
    Instant time(String variable) {
        String text = text(variable);
        try {
            return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a date and time such as 2026-01-31T00:00:00Z.", e);
        }
    }

    /** XEP-0004 §3.3: 1 and true, 0 and false; not answered = no. */
    boolean isTrue(String variable) {
        List<String> answer = values.getOrDefault(variable, List.of());
        return switch (answer.isEmpty() ? "" : answer.get(0).trim()) {
            case "1", "true" -> true;
            case "0", "false", "" -> false;
            default -> throw new IllegalArgumentException("'" + answer.get(0) + "' is neither true nor false.");
        };
    }

    private String text(String variable) {
        List<String> answer = values.getOrDefault(variable, List.of());
        if (answer.isEmpty() || answer.get(0).isBlank()) {
            throw new IllegalArgumentException("'" + variable + "' is missing.");
        }
        return answer.get(0).trim();
    }
}
