package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where a server's time went, from a JFR recording: how many samples found which method. Java code is sampled where it
 * runs; native code, such as a read or a sync, also where it only waits. What waits because it has nothing to do is left out.
 */
final class HotFrames {

    private static final String JAVA = "jdk.ExecutionSample";
    private static final String NATIVE = "jdk.NativeMethodSample";

    private static final Set<String> IDLE_THREADS = Set.of("parent-watch", "FileSystemWatchService");
    private static final Set<String> IDLE_METHODS = Set.of("s.n.c.EPoll.wait");

    /** A method that a thread was in, as the innermost one or not. */
    private record Place(String threads, String method) {}

    private final Map<Place, Integer> self = new HashMap<>();
    private final Map<Place, Integer> inclusive = new HashMap<>();
    private final Map<Place, Integer> inNative = new HashMap<>();
    private final Map<String, Integer> javaSamples = new HashMap<>();
    private final Map<String, Integer> nativeSamples = new HashMap<>();

    private HotFrames() {}

    /** Reads the samples taken in a span of time. */
    static HotFrames read(Path recording, Instant from, Instant to) throws IOException {
        HotFrames frames = new HotFrames();
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                if (event.getStartTime().isAfter(from) && event.getStartTime().isBefore(to)) {
                    frames.add(event);
                }
            }
        }
        return frames;
    }

    private void add(RecordedEvent event) {
        boolean java = event.getEventType().getName().equals(JAVA);
        if (!java && !event.getEventType().getName().equals(NATIVE) || event.getStackTrace() == null) {
            return;
        }
        String threads = group(event.getThread("sampledThread").getJavaName());
        List<RecordedFrame> stack = event.getStackTrace().getFrames();
        if (!java && (IDLE_THREADS.contains(threads) || IDLE_METHODS.contains(name(stack.get(0))))) {
            return;
        }
        (java ? javaSamples : nativeSamples).merge(threads, 1, Integer::sum);
        (java ? self : inNative).merge(new Place(threads, name(stack.get(0))), 1, Integer::sum);
        if (java) {
            Set<String> methods = new HashSet<>();
            stack.forEach(frame -> methods.add(name(frame)));
            methods.forEach(method -> inclusive.merge(new Place(threads, method), 1, Integer::sum));
        }
    }

    /** Threads of one pool differ in their numbers. */
    private static String group(String thread) {
        return thread == null ? "?" : thread.replaceAll("\\d+", "#");
    }

    private static String name(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        String packages = type.replaceFirst("[$]{2}.*", "").replaceAll("([a-z])[a-z0-9_]*[.]", "$1.");
        return packages + '.' + frame.getMethod().getName();
    }

    /** Rows for a report: thread groups, then the methods in which most of the time was spent. */
    List<Map<String, Object>> rows(int limit) {
        List<Map<String, Object>> rows = new ArrayList<>();
        javaSamples.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(limit)
                .forEach(group -> rows.add(row("threads", group.getKey(), "", group.getValue(), total(javaSamples))));
        nativeSamples.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(limit)
                .forEach(group ->
                        rows.add(row("threads, native", group.getKey(), "", group.getValue(), total(nativeSamples))));
        addTop(rows, "self", self, limit, total(javaSamples));
        addTop(rows, "inclusive", ours(), limit, total(javaSamples));
        addTop(rows, "native", inNative, limit, total(nativeSamples));
        return rows;
    }

    /** Of the methods higher up in the stacks those tell something that are the plugin's or its database's entrance. */
    private Map<Place, Integer> ours() {
        Map<Place, Integer> ours = new HashMap<>(inclusive);
        ours.keySet()
                .removeIf(place -> place.method().contains("lambda$")
                        || !place.method().startsWith("o.i.o.p.u.")
                                && !place.method().startsWith("o.h.jdbc.")
                                && !place.method().startsWith("o.p.jdbc."));
        return ours;
    }

    private static int total(Map<String, Integer> samples) {
        return samples.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static void addTop(
            List<Map<String, Object>> rows, String kind, Map<Place, Integer> places, int limit, int total) {
        places.entrySet().stream()
                .sorted(Map.Entry.<Place, Integer>comparingByValue(Comparator.reverseOrder()))
                .limit(limit)
                .forEach(entry -> rows.add(
                        row(kind, entry.getKey().threads(), entry.getKey().method(), entry.getValue(), total)));
    }

    private static Map<String, Object> row(String kind, String threads, String method, int samples, int total) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("kind", kind);
        row.put("threads", threads);
        row.put("method", method);
        row.put("% of samples", 100.0 * samples / total);
        return row;
    }
}
