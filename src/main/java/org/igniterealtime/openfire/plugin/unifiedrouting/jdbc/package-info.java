/**
 * What every package that speaks SQL shares: where connections come from, how a transaction is ended so that its failure is
 * seen, and how many rows make a page. Knows {@code java.sql} and the failure that stores throw.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;
