/** The archive without a database: the writer on a scripted store, and a model of a store to compare real ones with. */
package org.igniterealtime.openfire.plugin.unifiedrouting.archive;
