package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.jivesoftware.openfire.net.Bind2InlineHandler;
import org.jivesoftware.openfire.net.Bind2Request;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.junit.jupiter.api.Test;

/** With classes that look like those of Openfire 5.2. */
class Bind2HookTest {

    private static final String NAMESPACE = "urn:xmpp:mam:sub:0";
    private static final ClassLoader SERVER = Bind2HookTest.class.getClassLoader();

    @Test
    void aFeatureIsAskedAndTakenBack() {
        List<String> asked = new ArrayList<>();
        LocalClientSession session = mock(LocalClientSession.class);
        Optional<Runnable> registered = Bind2Hook.register(SERVER, NAMESPACE, (asker, request) -> {
            assertThat(asker).isSameAs(session);
            asked.add(request.getName());
            return Optional.empty();
        });

        Bind2InlineHandler handler = Bind2Request.HANDLERS.get(NAMESPACE);
        Element bound = DocumentHelper.createElement("bound");
        assertThat(handler.handleElement(session, bound, DocumentHelper.createElement("subscribe")))
                .isTrue();
        assertThat(asked).containsExactly("subscribe");
        assertThat(bound.elements()).isEmpty();
        assertThat(handler.isEnabled()).isTrue();
        assertThat(handler.displayName()).isEqualTo("feature " + NAMESPACE);
        assertThat(handler).isEqualTo(handler).hasSameHashCodeAs(handler);
        assertThat(handler.toString()).contains(NAMESPACE);

        registered.orElseThrow().run();
        assertThat(Bind2Request.HANDLERS).doesNotContainKey(NAMESPACE);
    }

    @Test
    void whatCannotBeDoneIsSaidInTheAnswer() {
        Optional<Runnable> registered = Bind2Hook.register(
                SERVER, NAMESPACE, (asker, request) -> Optional.of(DocumentHelper.createElement("failed")));
        Element bound = DocumentHelper.createElement("bound");
        assertThat(Bind2Request.HANDLERS
                        .get(NAMESPACE)
                        .handleElement(
                                mock(LocalClientSession.class), bound, DocumentHelper.createElement("subscribe")))
                .isFalse();
        assertThat(bound.element("failed")).isNotNull();
        registered.orElseThrow().run();
    }

    @Test
    void aServerWithoutTheHookGetsNothing() {
        assertThat(Bind2Hook.register(
                        ClassLoader.getPlatformClassLoader(), NAMESPACE, (asker, request) -> Optional.empty()))
                .isEmpty();
        assertThat(Bind2Request.HANDLERS).isEmpty();
    }
}
