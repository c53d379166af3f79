package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.List;
import java.util.Optional;

/**
 * One matcher of the administrator's list.
 *
 * @param store whether what it matches is stored
 * @param steps the stanza's own step first
 * @param source what the administrator wrote
 */
public record StorePath(boolean store, List<Step> steps, String source) {

    /**
     * One element on the way.
     *
     * @param name the local name, or {@code *} for any
     * @param namespace empty for any; a stanza's own namespaces are all the same one
     * @param attribute empty for no condition
     */
    public record Step(String name, Optional<String> namespace, Optional<Attribute> attribute) {

        boolean matches(ElementView element) {
            return (name.equals("*") || name.equals(element.name()))
                    && (namespace.isEmpty() || StanzaNamespaces.same(namespace.get(), element.namespace()))
                    && (attribute.isEmpty() || attribute.get().matches(element));
        }
    }

    /** An attribute that must have a value. */
    public record Attribute(String name, String value) {

        boolean matches(ElementView element) {
            return element.attribute(name).filter(value::equals).isPresent();
        }
    }

    boolean matchesStanza(ElementView stanza) {
        return steps.get(0).matches(stanza);
    }

    boolean endsAtStanza() {
        return steps.size() == 1;
    }

    boolean matchesChild(ElementView child) {
        return matches(child, 1);
    }

    /** As deep as the path has steps, which the parser limits, however deep the stanza is. */
    private boolean matches(ElementView element, int step) {
        if (!steps.get(step).matches(element)) {
            return false;
        }
        if (step == steps.size() - 1) {
            return true;
        }
        // Every child is tried, not only the first of that name.
        for (ElementView child : element.children()) {
            if (matches(child, step + 1)) {
                return true;
            }
        }
        return false;
    }
}
