package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Map;
import java.util.concurrent.Executor;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.xmpp.packet.IQ;

/** Lets an account shorten its archive from the oldest end: {@code urn:xmpp:mamtrim:0} (PROTOCOL section 5). */
public final class TrimHandler extends AccountIQHandler {

    /** @param background where archives are shortened */
    public TrimHandler(Accounts accounts, Sessions sessions, ArchiveMaintenance archive, Executor background) {
        this(accounts, sessions, new Trims(archive, background));
    }

    private TrimHandler(Accounts accounts, Sessions sessions, Trims trims) {
        super(
                "Archive trimming",
                "trim",
                Namespaces.MAM_TRIM,
                accounts,
                sessions,
                Map.of(new Known("trim", IQ.Type.set), trims::trim));
    }
}
