/** How a transaction ends when something fails, and the databases that the tests of stores run on. */
package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;
