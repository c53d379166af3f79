package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.Optional;

/** What the sender of a message gets back from the recipient's server. */
public enum SenderOutcome {
    /** Nothing: delivered, kept, or not worth a word. */
    SILENCE,
    GROUPCHAT_TO_ACCOUNT("service-unavailable", "cancel", "Groupchat messages go to rooms, not to accounts"),
    CLIENT_GONE("service-unavailable", "cancel", "The addressed client is not available"),
    NOT_DELIVERED("service-unavailable", "cancel", "The message cannot be delivered now and is not to be stored"),
    OFFLINE_DISABLED(
            "service-unavailable", "cancel", "The message cannot be delivered now and is not stored for later"),
    OFFLINE_LIMIT_REACHED("service-unavailable", "cancel", "The recipient's offline storage is full"),
    ARCHIVE_FULL("resource-constraint", "wait", "The recipient's archive is full"),
    STORE_DOWN("internal-server-error", "wait", "The message cannot be stored at the moment"),
    /** XEP-0191 §3.3 asks for this condition; more than that is not the sender's business. */
    BLOCKED("service-unavailable", "cancel", "");

    /**
     * A stanza error (RFC 6120 §8.3).
     *
     * @param condition the defined condition's element name
     * @param type the error type's attribute value
     * @param text for the sender's eyes, may be empty
     */
    public record StanzaError(String condition, String type, String text) {}

    private final Optional<StanzaError> error;

    SenderOutcome() {
        this.error = Optional.empty();
    }

    SenderOutcome(String condition, String type, String text) {
        this.error = Optional.of(new StanzaError(condition, type, text));
    }

    /** @return the error to send; empty for silence */
    public Optional<StanzaError> error() {
        return error;
    }

    public boolean isError() {
        return error.isPresent();
    }
}
