package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.List;
import java.util.Optional;

/** An XML element, read-only, as little of it as rules need. Implementations never throw. */
public interface ElementView {

    /** @return the local name, without prefix */
    String name();

    /** @return the namespace, empty where there is none */
    String namespace();

    /** @return the value of an attribute that is in no namespace */
    Optional<String> attribute(String name);

    /** @return the character data directly in this element */
    String text();

    /** @return whether {@link #text()} is not empty, without building it */
    default boolean hasText() {
        return !text().isEmpty();
    }

    Iterable<? extends ElementView> children();

    /** @return an element with nothing in it */
    static ElementView empty(String name, String namespace) {
        record Empty(String name, String namespace) implements ElementView {
            @Override
            public Optional<String> attribute(String name) {
                return Optional.empty();
            }

            @Override
            public String text() {
                return "";
            }

            @Override
            public Iterable<ElementView> children() {
                return List.of();
            }
        }
        return new Empty(name, namespace);
    }
}
