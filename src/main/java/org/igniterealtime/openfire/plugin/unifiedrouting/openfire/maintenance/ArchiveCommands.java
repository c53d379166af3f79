package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import java.util.List;
import java.util.concurrent.ExecutorService;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OrphanPurge.Outcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance.ArchiveCommand.Question;
import org.jivesoftware.openfire.commands.AdHocCommand;
import org.xmpp.forms.FormField;

/** {@link ArchiveAdministration} as commands of XEP-0050. */
final class ArchiveCommands {

    private static final String PREFIX = "unifiedrouting#";
    private static final Question ACCOUNT =
            new Question("account", "The account, by its bare JID", FormField.Type.jid_single, true);
    private static final Question PEER = new Question(
            "peer", "The other side of the conversation; all its resources", FormField.Type.jid_single, true);
    private static final Question BEFORE = new Question(
            "before",
            "Delete what was received before, such as 2026-01-31T00:00:00Z",
            FormField.Type.text_single,
            true);
    private static final Question FORCED = new Question(
            "forced", "Delete all of them at once, however many they are", FormField.Type.boolean_type, false);

    private final ArchiveAdministration archives;
    private final ExecutorService executor;

    /**
     * @param executor where the work is done
     */
    ArchiveCommands(ArchiveAdministration archives, ExecutorService executor) {
        this.archives = archives;
        this.executor = executor;
    }

    List<AdHocCommand> all() {
        return List.of(
                command("export-archive", "Export an account's archive", List.of(ACCOUNT), this::export),
                command("trim-archive", "Delete an account's old messages", List.of(ACCOUNT, BEFORE), this::trim),
                command(
                        "delete-conversation",
                        "Delete a conversation from an account's archive",
                        List.of(ACCOUNT, PEER),
                        this::deleteConversation),
                command(
                        "purge-archives",
                        "Delete archives of accounts that do not exist",
                        List.of(FORCED),
                        this::purge));
    }

    private AdHocCommand command(String name, String label, List<Question> questions, ArchiveCommand.Work work) {
        return new ArchiveCommand(PREFIX + name, label, questions, work, executor);
    }

    private String export(Answers answers) {
        ExportedArchive exported = archives.export(answers.address(ACCOUNT.variable()));
        return "%d messages are in %s; %d could not be exported."
                .formatted(exported.messages(), exported.file(), exported.skipped());
    }

    private String trim(Answers answers) {
        return deleted(archives.trimBefore(answers.address(ACCOUNT.variable()), answers.time(BEFORE.variable())));
    }

    private String deleteConversation(Answers answers) {
        return deleted(
                archives.deleteConversation(answers.address(ACCOUNT.variable()), answers.address(PEER.variable())));
    }

    private static String deleted(long messages) {
        return messages + " messages are deleted.";
    }

    private String purge(Answers answers) {
        return PurgeReport.of(archives.purgeOrphans(answers.isTrue(FORCED.variable())));
    }

    /** An outcome in words. */
    static final class PurgeReport {

        private PurgeReport() {}

        static String of(Outcome outcome) {
            if (outcome instanceof Outcome.Done done) {
                return "%d archives have no account; %d of them are deleted now, the others if they have none in the next run either."
                        .formatted(done.missing(), done.deleted());
            }
            if (outcome instanceof Outcome.TooMany many) {
                return "Of %d archives %d have no account. That is more than can be right; none is deleted."
                        .formatted(many.owners(), many.missing());
            }
            if (outcome instanceof Outcome.NoAnswer none) {
                return "Whether the account '%s' exists could not be found out; no archive is deleted."
                        .formatted(none.owner());
            }
            return "The plugin leaves; not all archives were looked at.";
        }
    }
}
