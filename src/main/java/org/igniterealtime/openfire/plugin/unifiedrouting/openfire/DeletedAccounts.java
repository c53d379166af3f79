package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jivesoftware.openfire.event.UserEventListener;
import org.jivesoftware.openfire.user.User;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the sessions of deleted accounts. Openfire closes those that are available only, after some ways of deleting one; the
 * others would share the messages of whoever is given the name next.
 *
 * <p>The session that deletes its own account is to have its answer before, and what cannot be deleted keeps its sessions: so
 * they end when the account has been gone for a moment, or before its name is given away. Thread-safe.
 */
final class DeletedAccounts implements UserEventListener {

    /** How long an account must have been gone. */
    static final Duration MOMENT = Duration.ofMillis(500);

    /** How many moments its deletion is waited for: its archive is deleted first. */
    static final int MOMENTS = 120;

    private static final Logger Log = LoggerFactory.getLogger(DeletedAccounts.class);

    private final Predicate<String> isGone;
    private final Consumer<String> ending;
    private final ScheduledExecutorService executor;
    private final Set<String> deleting = ConcurrentHashMap.newKeySet();

    /**
     * @param isGone whether there certainly is no account of this name
     * @param ending ends all its sessions
     */
    DeletedAccounts(Predicate<String> isGone, Consumer<String> ending, ScheduledExecutorService executor) {
        this.isGone = isGone;
        this.ending = ending;
        this.executor = executor;
    }

    @Override
    public void userDeleting(User user, Map<String, Object> parameters) {
        if (deleting.add(user.getUsername())) {
            lookLater(user.getUsername(), MOMENTS, false);
        }
    }

    @Override
    public void userCreated(User user, Map<String, Object> parameters) {
        end(user.getUsername());
    }

    private void lookLater(String account, int left, boolean wasGone) {
        try {
            executor.schedule(() -> look(account, left, wasGone), MOMENT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            Log.debug("The plugin leaves.", e);
        }
    }

    private void look(String account, int left, boolean wasGone) {
        boolean gone = isGone.test(account);
        if (gone && wasGone) {
            end(account);
        } else if (left > 0) {
            lookLater(account, left - 1, gone);
        } else {
            deleting.remove(account);
        }
    }

    private void end(String account) {
        if (deleting.remove(account)) {
            ending.accept(account);
        }
    }

    /** The plugin leaves. */
    void leave() {
        deleting.stream().filter(isGone).toList().forEach(this::end);
    }

    @Override
    public void userModified(User user, Map<String, Object> parameters) {
        // A user's name does not change.
    }
}
