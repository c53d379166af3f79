/** The scripts that make and change the plugin's tables, read and compared without a database. */
package org.igniterealtime.openfire.plugin.unifiedrouting.schema;
