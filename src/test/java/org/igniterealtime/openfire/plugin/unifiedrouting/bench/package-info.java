/**
 * Benchmarks against the budgets of the design: {@code mvn -q -Pbench -Dbench=<name>}, see {@link
 * org.igniterealtime.openfire.plugin.unifiedrouting.bench.Bench}. Not tests: they print a Markdown table and leave JSON in
 * {@code target/bench}. What counts are ratios within one run on one machine, not absolute figures. May know the servers
 * under test and the archive with its store; has a light client of its own, because load tool and server share the cores.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.bench;
