/** How a transaction ends when something fails. */
package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;
