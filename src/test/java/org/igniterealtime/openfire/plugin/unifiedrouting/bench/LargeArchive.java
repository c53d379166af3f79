package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.testserver.TestDatabase;

/**
 * What the size of an archive does to the time that a page of 50 takes: 1,000,000 rows in one account beside 1,000 rows in
 * one. Budget: twice the time. Measured over the wire, both in the database of one server, as clients see it, and at the
 * store, each in a database of its own, where it differs most.
 */
final class LargeArchive implements Benchmark {

    private static final int SMALL = 1_000;
    private static final int LEAST_PAGES = 5;
    private static final Bounds WARMUP = new Bounds(500, Duration.ofSeconds(5));
    private static final Bounds MEASURED = new Bounds(1_000, Duration.ofSeconds(15));

    /** How many pages are read at most, and for how long. */
    private record Bounds(int pages, Duration span) {}

    @Override
    public Report run(BenchOptions options) throws Exception {
        Report report = new Report(
                "One page of 50, archive of " + Report.cell(options.rows()) + " rows beside " + Report.cell(SMALL));
        for (TestDatabase kind : options.databases()) {
            compare(kind, options.rows(), report);
        }
        report.note("Medians of up to " + MEASURED.pages()
                + " pages, both archives in turn. Wire: from the question of a client that has no presence to the end of"
                + " the answer, one server with both archives. Middle and start: at another random place each time. The"
                + " rare peer has " + FilledArchive.RARE + " messages, spread evenly. Filled by the store in batches;"
                + " HSQLDB was restarted after that, PostgreSQL vacuumed and analyzed.");
        return report;
    }

    private static void compare(TestDatabase kind, int rows, Report report) throws IOException, SQLException {
        try (ServedArchives served = ServedArchives.create(kind, SMALL, rows)) {
            for (PageCase page : PageCase.values()) {
                report.row(row(kind, "wire", page, served.archives(), served.readers()));
            }
        }
        try (FilledArchive small = FilledArchive.create(kind, SMALL);
                FilledArchive large = FilledArchive.create(kind, rows)) {
            report.note(
                    kind + ": filling " + Report.cell(rows) + " rows took " + Report.cell(large.fillSeconds()) + " s.");
            for (PageCase page : PageCase.values()) {
                report.row(row(kind, "store", page, List.of(small, large), List.of(small, large)));
            }
        }
    }

    private static Map<String, Object> row(
            TestDatabase kind, String where, PageCase page, List<FilledArchive> archives, List<PageSource> readers)
            throws IOException {
        Random random = new Random(1);
        Samples ofSmall = new Samples();
        Samples ofLarge = new Samples();
        read(page, archives, readers, random, WARMUP, List.of(new Samples(), new Samples()));
        read(page, archives, readers, random, MEASURED, List.of(ofSmall, ofLarge));
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("database", kind.name());
        row.put("at", where);
        row.put("page", page.title());
        row.put("small, µs", ofSmall.medianMicros());
        row.put("large, µs", ofLarge.medianMicros());
        row.put("**ratio**", ofLarge.medianMicros() / ofSmall.medianMicros());
        row.put("small 99 %, µs", ofSmall.percentileMicros(99));
        row.put("large 99 %, µs", ofLarge.percentileMicros(99));
        row.put("pages", ofLarge.size());
        return row;
    }

    /** Reads pages of both archives in turn, for a while, but at least a few. */
    private static void read(
            PageCase page,
            List<FilledArchive> archives,
            List<PageSource> readers,
            Random random,
            Bounds bounds,
            List<Samples> samples)
            throws IOException {
        long end = System.nanoTime() + bounds.span().toNanos();
        for (int i = 0; i < bounds.pages() && (i < LEAST_PAGES || System.nanoTime() < end); i++) {
            for (int archive = 0; archive < archives.size(); archive++) {
                ArchiveQuery query = page.query(archives.get(archive), random);
                samples.get(archive).add(read(page, query, readers.get(archive)));
            }
        }
    }

    /** Nanoseconds that it took. */
    private static long read(PageCase page, ArchiveQuery query, PageSource reader) throws IOException {
        long start = System.nanoTime();
        int messages = reader.read(query);
        long nanos = System.nanoTime() - start;
        if (messages != page.messages()) {
            throw new IllegalStateException(page + " gave " + messages + " messages");
        }
        return nanos;
    }
}
