package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import org.jivesoftware.openfire.disco.IQDiscoInfoHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The features that accounts announce in answer to disco#info on their bare JID (XEP-0030).
 *
 * <p>COMPAT(5.x): they come from a UserFeaturesProvider, an interface that 4.2 does not have. COMPAT(4.2): the answer
 * for a bare JID is the server's own list, so the features are added to that.
 */
public final class AccountFeatures {

    private static final Logger Log = LoggerFactory.getLogger(AccountFeatures.class);
    private static final String PROVIDER = "org.jivesoftware.openfire.disco.UserFeaturesProvider";

    private final IQDiscoInfoHandler disco;
    private final Set<String> features;
    private final Object provider;

    /**
     * @param features to be announced from {@link #announce} until {@link #withdraw}
     */
    public AccountFeatures(IQDiscoInfoHandler disco, Set<String> features) {
        this.disco = disco;
        this.features = Set.copyOf(features);
        this.provider = providerOf(this.features);
    }

    public void announce() {
        if (provider == null || !call("addUserFeaturesProvider")) {
            features.forEach(disco::addServerFeature);
        }
    }

    public void withdraw() {
        if (provider == null || !call("removeUserFeaturesProvider")) {
            features.forEach(disco::removeServerFeature);
        }
    }

    private boolean call(String method) {
        try {
            Method found = IQDiscoInfoHandler.class.getMethod(method, Class.forName(PROVIDER));
            found.invoke(disco, provider);
            return true;
        } catch (ReflectiveOperationException e) {
            Log.warn("Openfire's account features could not be changed; the server announces them instead.", e);
            return false;
        }
    }

    private static Object providerOf(Set<String> features) {
        try {
            Class<?> type = Class.forName(PROVIDER);
            InvocationHandler handler = (proxy, method, arguments) -> switch (method.getName()) {
                case "getFeatures" -> List.copyOf(features).iterator();
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "features of Unified Routing";
            };
            return Proxy.newProxyInstance(AccountFeatures.class.getClassLoader(), new Class<?>[] {type}, handler);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }
}
