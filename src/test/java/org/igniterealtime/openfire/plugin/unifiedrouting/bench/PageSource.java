package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;

/** Who is asked for pages of an archive. */
@FunctionalInterface
interface PageSource {

    /** Reads a page. Returns how many messages it has; none if the question names a message that is not there. */
    int read(ArchiveQuery query) throws IOException;
}
