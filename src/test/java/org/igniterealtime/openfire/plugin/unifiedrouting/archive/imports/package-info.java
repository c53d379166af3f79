/** What rows of another archive become, without a database. */
package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;
