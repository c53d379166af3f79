package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.jivesoftware.openfire.commands.AdHocCommand;
import org.jivesoftware.openfire.commands.SessionData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.forms.DataForm;
import org.xmpp.forms.FormField;

/**
 * Something that an administrator can have done from an XMPP client (XEP-0050): a form is filled in, the work is done,
 * and a note says what came of it. Work that takes long goes on in the background, and the log says what came of it.
 * Openfire lets its administrators use it and nobody else.
 */
final class ArchiveCommand extends AdHocCommand {

    private static final Logger Log = LoggerFactory.getLogger(ArchiveCommand.class);

    /** The client's question waits no longer, and neither does the server's thread that has brought it. */
    private static final long PATIENCE_SECONDS = 10;

    /**
     * What a command asks for.
     *
     * @param variable the field's name
     */
    record Question(String variable, String label, FormField.Type type, boolean isRequired) {}

    /** What a command does. */
    @FunctionalInterface
    interface Work {

        /**
         * @return what came of it, for people
         * @throws IllegalArgumentException if an answer makes no sense; its message says so to people
         */
        String with(Answers answers);
    }

    private final String code;
    private final String label;
    private final List<Question> questions;
    private final Work work;
    private final ExecutorService executor;

    ArchiveCommand(String code, String label, List<Question> questions, Work work, ExecutorService executor) {
        this.code = code;
        this.label = label;
        this.questions = List.copyOf(questions);
        this.work = work;
        this.executor = executor;
    }

    @Override
    public String getCode() {
        return code;
    }

    /** The superclass asks for the default before it is known. */
    @Override
    public String getLabel() {
        return label;
    }

    @Override
    public String getDefaultLabel() {
        return label;
    }

    /** COMPAT(4.2): called without session data. */
    @Override
    public int getMaxStages(SessionData data) {
        return 1;
    }

    @Override
    public void execute(SessionData data, Element command) {
        Future<String> result = executor.submit(() -> logged(data));
        try {
            note(command, "info", result.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            note(command, "info", "This takes longer. It goes on; the server's log will say what came of it.");
        } catch (ExecutionException e) {
            note(command, "error", explain(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            note(command, "error", "Interrupted.");
        }
    }

    private String logged(SessionData data) {
        try {
            String result = work.with(new Answers(data.getData()));
            Log.info("'{}', asked for by '{}': {}", label, data.getOwner(), result);
            return result;
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            Log.error("'{}', asked for by '{}', failed.", label, data.getOwner(), e);
            throw e;
        }
    }

    private static String explain(Throwable failure) {
        if (failure instanceof StoreUnavailable) {
            return "The database failed. What was done before stays done; the server's log has more.";
        }
        if (failure instanceof IllegalArgumentException || failure instanceof UncheckedIOException) {
            return failure.getMessage();
        }
        return "This failed unexpectedly; the server's log has more.";
    }

    private static void note(Element command, String type, String text) {
        command.addElement("note").addAttribute("type", type).setText(text);
    }

    @Override
    protected void addStageInformation(SessionData data, Element command) {
        DataForm form = new DataForm(DataForm.Type.form);
        form.setTitle(label);
        for (Question question : questions) {
            FormField field = form.addField();
            field.setVariable(question.variable());
            field.setLabel(question.label());
            field.setType(question.type());
            field.setRequired(question.isRequired());
        }
        command.add(form.getElement());
    }

    @Override
    protected List<Action> getActions(SessionData data) {
        return List.of(Action.complete);
    }

    @Override
    protected Action getExecuteAction(SessionData data) {
        return Action.complete;
    }
}
