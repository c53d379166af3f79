/**
 * What every package that speaks SQL shares: where connections come from and how a transaction is ended so that its
 * failure is seen. Knows {@code java.sql} and the failure that stores throw.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;
