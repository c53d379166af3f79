/**
 * Bringing an archive along that another plugin has kept: one row for both owners there, one entry for each owner here.
 * What a row means, which entries it makes and which ids they get. Knows the archive's values; no stanza, no SQL.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;
