package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.jivesoftware.openfire.user.User;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the sessions of a deleted account end. Time passes when the test says so. */
class DeletedAccountsTest {

    private final Deque<Runnable> moments = new ArrayDeque<>();
    private final List<String> ended = new ArrayList<>();
    private final ScheduledExecutorService executor = mock(ScheduledExecutorService.class);
    private final User romeo = mock(User.class);
    private boolean gone;
    private final DeletedAccounts accounts = new DeletedAccounts(account -> gone, ended::add, executor);

    @BeforeEach
    void romeo() {
        when(romeo.getUsername()).thenReturn("romeo");
        when(executor.schedule(any(Runnable.class), anyLong(), any())).thenAnswer(call -> {
            moments.add(call.getArgument(0));
            return null;
        });
    }

    private void pass(int count) {
        for (int i = 0; i < count && !moments.isEmpty(); i++) {
            moments.remove().run();
        }
    }

    @Test
    void sessionsEndWhenTheAccountHasBeenGoneForAMoment() {
        accounts.userDeleting(romeo, Map.of());
        pass(3);
        gone = true;
        pass(1);
        assertThat(ended).as("its own request is being answered").isEmpty();
        pass(1);
        assertThat(ended).containsExactly("romeo");
        assertThat(moments).isEmpty();
    }

    @Test
    void theyEndBeforeTheNameIsGivenAway() {
        accounts.userDeleting(romeo, Map.of());
        accounts.userCreated(romeo, Map.of());
        assertThat(ended).containsExactly("romeo");
        gone = true;
        pass(DeletedAccounts.MOMENTS);
        assertThat(ended).hasSize(1);
    }

    @Test
    void whatCannotBeDeletedKeepsItsSessions() {
        accounts.userDeleting(romeo, Map.of());
        pass(DeletedAccounts.MOMENTS + 1);
        assertThat(moments).isEmpty();
        accounts.userCreated(romeo, Map.of());
        assertThat(ended).isEmpty();
    }

    @Test
    void aNewAccountsSessionsAreItsOwn() {
        accounts.userCreated(romeo, Map.of());
        assertThat(ended).isEmpty();
    }

    @Test
    void whoLeavesEndsWhatIsGone() {
        accounts.userDeleting(romeo, Map.of());
        accounts.leave();
        assertThat(ended).isEmpty();
        gone = true;
        accounts.leave();
        assertThat(ended).containsExactly("romeo");
    }
}
