/** Tests of what offline delivery decides by itself. */
package org.igniterealtime.openfire.plugin.unifiedrouting.offline;
