package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.List;
import java.util.Optional;

/**
 * What the status page shows.
 *
 * @param version the plugin's
 * @param state whether it works
 * @param mistakenSettings properties in which there is a mistake, so that something else is in force
 */
public record StatusView(String version, State state, List<String> mistakenSettings) {

    public StatusView {
        mistakenSettings = List.copyOf(mistakenSettings);
    }

    public sealed interface State {}

    /**
     * It does not touch any message.
     *
     * @param reason what kept it from starting, for people; empty if it is being unloaded
     */
    public record NotRunning(Optional<String> reason) implements State {}

    /**
     * It works. Messages are counted from its start.
     *
     * @param databaseReachable whether the archive's database answered when it was last asked
     * @param archived messages that are in an archive
     * @param notArchived messages that went on without, because the database refused them or did not answer
     * @param unreadable stored messages that are no XML, and are left out of what clients are shown
     * @param subscribedSessions sessions that are told what enters their account's archive
     * @param subscribedAccounts accounts that have such a session
     * @param archiveAnswer who answers queries of archives
     */
    public record Running(
            boolean databaseReachable,
            long archived,
            long notArchived,
            long unreadable,
            int subscribedSessions,
            int subscribedAccounts,
            ArchiveAnswer archiveAnswer)
            implements State {}
}
