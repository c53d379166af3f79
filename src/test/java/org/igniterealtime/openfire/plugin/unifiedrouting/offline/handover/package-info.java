/** Tests of what passes between Openfire's own offline store and offline sets, without a database. */
package org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover;
