/**
 * Random sequences of what clients do, played against a real server and compared with a model. The model does not foretell
 * what the server does next; it notes what every client has seen and what of it was acknowledged, and says at the end what
 * must not have happened: see {@link org.igniterealtime.openfire.plugin.unifiedrouting.sessions.SequenceCheck}.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;
