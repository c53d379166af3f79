package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.Locale;
import java.util.Optional;

/**
 * A stanza as an administrator's matchers see it (section 7): with the type that counts, not the one that is written.
 * Without a type, or with an invalid one, it is normal (RFC 6121 §5.2.2). What an error echoes is read as chat (R03), as
 * the type of the message that it answers is not in it.
 */
record EffectivelyTyped(ElementView stanza, MessageType type) implements ElementView {

    @Override
    public Optional<String> attribute(String name) {
        if (!name.equals("type")) {
            return stanza.attribute(name);
        }
        MessageType read = type == MessageType.ERROR ? MessageType.CHAT : type;
        return Optional.of(read.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public String name() {
        return stanza.name();
    }

    @Override
    public String namespace() {
        return stanza.namespace();
    }

    @Override
    public String text() {
        return stanza.text();
    }

    @Override
    public boolean hasText() {
        return stanza.hasText();
    }

    @Override
    public Iterable<? extends ElementView> children() {
        return stanza.children();
    }
}
