package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;

import java.util.Optional;
import org.xmpp.packet.JID;

/** What a row of the other archive means. */
public sealed interface Reading {

    /**
     * A message that at least one account of this server keeps.
     *
     * @param from its sender, with the resource if that is known
     * @param to its addressee, with the resource if it has one
     * @param sender the account that sent it, if it is one of this server
     * @param recipient the account that received it, if it is one of this server
     * @param messageId the stanza's id attribute
     * @param stanza as the archive keeps it, without any stanza-id of a local account
     */
    record Wanted(
            JID from,
            JID to,
            Optional<String> sender,
            Optional<String> recipient,
            Optional<String> messageId,
            String stanza)
            implements Reading {}

    /**
     * @param reason neither {@link RowOutcome#IMPORTED} nor {@link RowOutcome#ALREADY_THERE}
     */
    record Unwanted(RowOutcome reason) implements Reading {}
}
