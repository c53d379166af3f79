package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.jivesoftware.openfire.user.UserNotFoundException;
import org.junit.jupiter.api.Test;

/** As Openfire's providers of users throw it. */
class UserLookupTest {

    @Test
    void nobodyByThatNameIsAnAnswer() {
        assertThat(UserLookup.isAnswer(new UserNotFoundException())).contains(true);
        assertThat(UserLookup.isAnswer(new UserNotFoundException("Username romeo not found")))
                .contains(true);
        assertThat(UserLookup.isAnswer(new UserNotFoundException(new UserNotFoundException())))
                .contains(true);
    }

    @Test
    void aFailureOfTheProviderIsNone() {
        assertThat(UserLookup.isAnswer(new UserNotFoundException(new SQLException("connection refused"))))
                .contains(false);
        assertThat(UserLookup.isAnswer(
                        new UserNotFoundException(new UserNotFoundException("x", new IllegalStateException()))))
                .contains(false);
        UserNotFoundException withCause = new UserNotFoundException();
        withCause.initCause(new SQLException("connection refused"));
        assertThat(UserLookup.isAnswer(withCause)).contains(false);
    }
}
