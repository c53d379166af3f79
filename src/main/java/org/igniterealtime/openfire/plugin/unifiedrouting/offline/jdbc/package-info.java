/**
 * Offline sets in a relational database: they are rows of the archive behind a cursor, and rows of their own. Knows
 * {@code offline}, {@code archive}, {@code jdbc}, {@code java.sql}; known to the wiring only.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;
