/** Pure decisions: what a message is, and what everybody does with it. Knows {@code java.*} and addresses only. */
package org.igniterealtime.openfire.plugin.unifiedrouting.rules;
