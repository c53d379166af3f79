package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

/** Something that is measured. */
@FunctionalInterface
interface Benchmark {

    /** Measures; ends by itself within minutes. */
    Report run(BenchOptions options) throws Exception;
}
