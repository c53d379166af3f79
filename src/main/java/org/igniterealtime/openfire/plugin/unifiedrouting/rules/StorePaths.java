package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.List;
import java.util.Optional;

/**
 * The administrator's list of matchers (section 7): read from left to right, the first that matches decides.
 *
 * @param paths in the administrator's order
 */
public record StorePaths(List<StorePath> paths) {

    public static final StorePaths NONE = new StorePaths(List.of());

    public StorePaths {
        paths = List.copyOf(paths);
    }

    /** What became of a text: a list, or the first mistake in it. */
    public sealed interface Parsed permits Valid, Mistake {}

    public record Valid(StorePaths paths) implements Parsed {}

    /**
     * @param position the index of the first character that does not fit; the length of the text where something is
     *     missing at its end
     * @param message what is wrong, for the administrator
     */
    public record Mistake(int position, String message) implements Parsed {}

    /** @param list comma-separated matchers; blank for none */
    public static Parsed parse(String list) {
        return new StorePathParser(list).parse();
    }

    /** @return a search for the matcher that decides about this stanza */
    Search search(ElementView stanza) {
        return paths.isEmpty() ? Search.NOTHING : new Search(paths, stanza);
    }

    /** Looks at one child after the other, so that a stanza is read once. Not thread-safe. */
    static final class Search {
        static final Search NOTHING = new Search();

        private final List<StorePath> paths;
        private final boolean[] open;
        /** Where the search ends: what matched already beats all that stand behind it. */
        private int end;

        private Search() {
            this.paths = List.of();
            this.open = new boolean[0];
        }

        private Search(List<StorePath> paths, ElementView stanza) {
            this.paths = paths;
            this.open = new boolean[paths.size()];
            this.end = paths.size();
            for (int i = 0; i < end; i++) {
                open[i] = paths.get(i).matchesStanza(stanza);
                if (open[i] && paths.get(i).endsAtStanza()) {
                    end = i;
                }
            }
        }

        void child(ElementView child) {
            for (int i = 0; i < end; i++) {
                if (open[i] && paths.get(i).matchesChild(child)) {
                    end = i;
                }
            }
        }

        Optional<StorePath> decidedBy() {
            return end < paths.size() ? Optional.of(paths.get(end)) : Optional.empty();
        }
    }
}
