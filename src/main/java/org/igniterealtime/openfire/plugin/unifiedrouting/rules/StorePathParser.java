package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.StorePath.Attribute;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.StorePath.Step;

/**
 * Reads {@code [+|-]/message[cond]/child[cond]/…}, comma-separated, where {@code cond} is {@code xmlns},
 * {@code xmlns,attr=value} or {@code attr=value}. Stops at the first mistake. Used once.
 */
final class StorePathParser {

    /** Deeper than any payload, and a bound for the recursion that matches a path. */
    private static final int MAX_STEPS = 16;

    private final String text;
    private int at;
    private StorePaths.Mistake mistake;

    StorePathParser(String text) {
        this.text = text;
    }

    StorePaths.Parsed parse() {
        if (text.isBlank()) {
            return new StorePaths.Valid(StorePaths.NONE);
        }
        List<StorePath> paths = new ArrayList<>();
        do {
            path().ifPresent(paths::add);
        } while (mistake == null && accept(','));
        if (mistake == null && at < text.length()) {
            fail(at, "expected '/', ',' or the end of the list");
        }
        return mistake == null ? new StorePaths.Valid(new StorePaths(paths)) : mistake;
    }

    private Optional<StorePath> path() {
        skipSpace();
        int start = at;
        boolean store = !accept('-');
        if (store) {
            accept('+');
        }
        List<Step> steps = new ArrayList<>();
        if (!accept('/')) {
            return fail(at, "a path starts with /message");
        }
        do {
            int stepStart = at;
            Optional<Step> step = step();
            if (step.isEmpty()) {
                return Optional.empty();
            }
            if (steps.isEmpty() && !step.get().name().equals("message")) {
                return fail(stepStart, "a path starts with /message");
            }
            if (steps.size() == MAX_STEPS) {
                return fail(stepStart, "a path has at most " + MAX_STEPS + " steps");
            }
            steps.add(step.get());
        } while (accept('/'));
        String source = text.substring(start, at);
        skipSpace();
        return Optional.of(new StorePath(store, List.copyOf(steps), source));
    }

    private Optional<Step> step() {
        String name = accept('*') ? "*" : name();
        if (name.isEmpty()) {
            return fail(at, "expected an element's name or *");
        }
        int bracket = at;
        if (!accept('[')) {
            return Optional.of(new Step(name, Optional.empty(), Optional.empty()));
        }
        int end = text.indexOf(']', at);
        if (end < 0) {
            return fail(bracket, "this bracket is not closed");
        }
        Optional<Step> step = condition(name, at, end);
        at = end + 1;
        return step;
    }

    /** The text from {@code start} to {@code end} stands in brackets behind the name. */
    private Optional<Step> condition(String name, int start, int end) {
        int comma = text.indexOf(',', start);
        if (comma < 0 || comma > end) {
            // A namespace may contain '=' too, but not behind what could be an attribute's name.
            if (attributeNameEnd(start, end) < 0) {
                return namespace(start, end).map(xmlns -> new Step(name, Optional.of(xmlns), Optional.empty()));
            }
            return attribute(start, end).map(attribute -> new Step(name, Optional.empty(), Optional.of(attribute)));
        }
        if (attributeNameEnd(start, comma) >= 0) {
            return fail(start, "the namespace stands before the attribute");
        }
        Optional<String> namespace = namespace(start, comma);
        if (namespace.isEmpty()) {
            return Optional.empty();
        }
        return attribute(comma + 1, end).map(attribute -> new Step(name, namespace, Optional.of(attribute)));
    }

    private Optional<String> namespace(int start, int end) {
        String namespace = text.substring(start, end).strip();
        if (namespace.isEmpty()) {
            return fail(start, "expected a namespace");
        }
        int from = text.indexOf(namespace, start);
        int bad = first(StorePathParser::isNoPartOfNamespace, from, from + namespace.length());
        if (bad >= 0) {
            return fail(bad, "a namespace has no spaces, brackets, quotes or any of @ { } ! in it");
        }
        return Optional.of(namespace);
    }

    private Optional<Attribute> attribute(int start, int end) {
        int equals = attributeNameEnd(start, end);
        if (equals < 0) {
            return fail(start, "expected attribute=value");
        }
        String name = text.substring(start, equals).strip();
        if (name.equals("xmlns")) {
            return fail(start, "write the namespace alone, without xmlns=");
        }
        String value = text.substring(equals + 1, end).strip();
        if (value.isEmpty()) {
            return fail(equals + 1, "expected the attribute's value");
        }
        int comma = text.indexOf(',', equals);
        if (comma >= 0 && comma < end) {
            return fail(comma, "one attribute at most");
        }
        // As in XPath or in Java: who writes so means something else than what it would mean here.
        if (value.startsWith("=")) {
            return fail(text.indexOf('=', equals + 1), "a value does not start with =");
        }
        int bad = first(c -> "'\"[".indexOf(c) >= 0, equals + 1, end);
        if (bad >= 0) {
            return fail(bad, "a value has no quotes or brackets in it");
        }
        return Optional.of(new Attribute(name, value));
    }

    /** @return the index of the first '=' if what stands before it is an attribute's name, else -1 */
    private int attributeNameEnd(int start, int end) {
        int equals = text.indexOf('=', start);
        if (equals < 0 || equals >= end) {
            return -1;
        }
        String name = text.substring(start, equals).strip();
        boolean isName = !name.isEmpty()
                && isNameStart(name.codePointAt(0))
                && name.codePoints().allMatch(StorePathParser::isNamePart);
        return isName ? equals : -1;
    }

    private String name() {
        int start = at;
        if (at < text.length() && isNameStart(text.codePointAt(at))) {
            while (at < text.length() && isNamePart(text.codePointAt(at))) {
                at += Character.charCount(text.codePointAt(at));
            }
        }
        return text.substring(start, at);
    }

    /** Names without prefix, and near enough to XML's: what passes here and is no name matches no element. */
    private static boolean isNameStart(int c) {
        return Character.isLetter(c) || c == '_';
    }

    private static boolean isNamePart(int c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
    }

    /** What no namespace in use has, but other notations for paths have; and what looks like nothing. */
    private static boolean isNoPartOfNamespace(int c) {
        return "['\"@{}!".indexOf(c) >= 0
                || Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || Character.isISOControl(c)
                || Character.getType(c) == Character.FORMAT;
    }

    private int first(IntPredicate unwanted, int start, int end) {
        for (int i = start; i < end; i++) {
            if (unwanted.test(text.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    private boolean accept(char expected) {
        if (at < text.length() && text.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private <T> Optional<T> fail(int position, String message) {
        if (mistake == null) {
            mistake = new StorePaths.Mistake(position, message);
        }
        return Optional.empty();
    }
}
