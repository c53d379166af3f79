package org.igniterealtime.openfire.testclient;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.dom4j.Element;

/**
 * Everything a client has received, in order, and which of it a test has not consumed yet. Thread-safe: the reader thread
 * appends, any thread may wait. Predicates are called with the inbox locked and must not block.
 */
final class Inbox {

    private static final int TRANSCRIPT_WIDTH = 600;
    private static final int TRANSCRIPT_LINES = 100;

    private final String owner;
    private final long start = System.nanoTime();
    private final List<Received> log = new ArrayList<>();
    /** By index in the log. */
    private final TreeMap<Integer, Received> unconsumed = new TreeMap<>();

    private String end;

    Inbox(String owner) {
        this.owner = owner;
    }

    synchronized void append(Element element) {
        Received received = new Received(element, System.nanoTime());
        unconsumed.put(log.size(), received);
        log.add(received);
        notifyAll();
    }

    /** Nothing that is awaited will come any more. The first reason stands. */
    synchronized void end(String reason) {
        if (end == null) {
            end = reason;
        }
        notifyAll();
    }

    /** Consumes the first match, waiting for it where there is none yet. */
    synchronized Element await(Predicate<Element> wanted, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        int from = 0;
        while (true) {
            for (var candidate : unconsumed.tailMap(from).entrySet()) {
                if (wanted.test(candidate.getValue().element())) {
                    return unconsumed.remove(candidate.getKey()).element();
                }
            }
            from = log.size();
            if (end != null) {
                throw failure(end + ", while awaiting a stanza");
            }
            if (!waitUntil(deadline)) {
                throw failure("nothing that matches within " + timeout);
            }
        }
    }

    /** Whether nothing more will come. */
    synchronized boolean hasEnded() {
        return end != null;
    }

    /** Waits for the end of the stream. */
    synchronized void awaitEnd(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (end == null) {
            if (!waitUntil(deadline)) {
                throw failure("stream still open after " + timeout);
            }
        }
    }

    /** Consumes all matches that are there. */
    synchronized List<Element> take(Predicate<Element> wanted) {
        List<Element> taken = new ArrayList<>();
        for (Iterator<Received> all = unconsumed.values().iterator(); all.hasNext(); ) {
            Element element = all.next().element();
            if (wanted.test(element)) {
                taken.add(element);
                all.remove();
            }
        }
        return taken;
    }

    synchronized void assertNone(Predicate<Element> unwanted) {
        long found = unconsumed.values().stream()
                .filter(received -> unwanted.test(received.element()))
                .count();
        if (found > 0) {
            throw failure(found + " stanzas that should not have come");
        }
    }

    synchronized List<Received> received(Predicate<Element> wanted) {
        return log.stream().filter(received -> wanted.test(received.element())).toList();
    }

    /** Returns false when the time is over. Spurious returns are the callers' to handle. */
    private boolean waitUntil(long deadline) {
        long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis() + 1;
        if (millis <= 1) {
            return false;
        }
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("interrupted");
        }
        return true;
    }

    synchronized AssertionError failure(String what) {
        StringBuilder text = new StringBuilder(owner).append(": ").append(what).append('\n');
        int first = Math.max(0, log.size() - TRANSCRIPT_LINES);
        text.append(first == 0 ? "  received:\n" : "  received before: " + first + " elements, and then:\n");
        for (int i = first; i < log.size(); i++) {
            text.append(line(i)).append('\n');
        }
        return new AssertionError(text.toString());
    }

    private String line(int index) {
        Received received = log.get(index);
        String xml = received.element().asXML();
        String shown = xml.length() <= TRANSCRIPT_WIDTH ? xml : xml.substring(0, TRANSCRIPT_WIDTH) + "…";
        String state = unconsumed.containsKey(index) ? "open " : "taken";
        return String.format("  %s %8.3f s  %s", state, (received.nanoTime() - start) / 1e9, shown);
    }
}
