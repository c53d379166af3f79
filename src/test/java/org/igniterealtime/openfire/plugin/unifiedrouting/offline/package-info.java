/** Tests of the offline set's books, without a server and without a database. */
package org.igniterealtime.openfire.plugin.unifiedrouting.offline;
