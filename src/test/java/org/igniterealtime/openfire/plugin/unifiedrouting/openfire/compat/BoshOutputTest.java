package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jivesoftware.openfire.http.HttpSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

class BoshOutputTest {

    private final List<Object> pending = Collections.synchronizedList(new ArrayList<>());
    private final HttpSession session = mock(HttpSession.class);

    @BeforeEach
    void giveTheSessionAQueue() throws ReflectiveOperationException {
        Field field = HttpSession.class.getDeclaredField("pendingElements");
        field.setAccessible(true);
        field.set(session, pending);
    }

    @Test
    void whatTheClientHasNotFetchedIsCounted() throws ReflectiveOperationException {
        assertThat(BoshOutput.characters(session)).isZero();
        pending.add(deliverable(String.class, "<stream:features/>"));
        assertThat(BoshOutput.characters(session)).isEqualTo("<stream:features/>".length());
        Message message = new Message();
        message.setBody("x".repeat(1_000));
        pending.add(deliverable(Collection.class, Arrays.asList((Packet) message, message)));
        assertThat(BoshOutput.characters(session)).isBetween(2_000L, 2_300L);
        pending.clear();
        assertThat(BoshOutput.characters(session)).isZero();
    }

    /** It is asked for often. */
    @Test
    void nobodyCountsOnWhereThereIsEnough() throws ReflectiveOperationException {
        for (int i = 0; i < 3; i++) {
            pending.add(deliverable(String.class, "x".repeat(1 << 20)));
        }
        assertThat(BoshOutput.characters(session)).isEqualTo(1 << 20);
    }

    private static Object deliverable(Class<?> parameter, Object content) throws ReflectiveOperationException {
        Constructor<?> constructor =
                Class.forName(HttpSession.class.getName() + "$Deliverable").getDeclaredConstructor(parameter);
        constructor.setAccessible(true);
        return constructor.newInstance(content);
    }
}
