/** Who is subscribed, and until when. */
package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;
