package org.jivesoftware.openfire.net;

import org.dom4j.Element;
import org.jivesoftware.openfire.session.LocalClientSession;

/** Stands for the interface of that name in Openfire 5.2, which the tests do not have. */
public interface Bind2InlineHandler {

    String getNamespace();

    boolean handleElement(LocalClientSession session, Element bound, Element element);

    default boolean isEnabled() {
        return true;
    }

    default String displayName() {
        return "feature " + getNamespace();
    }
}
