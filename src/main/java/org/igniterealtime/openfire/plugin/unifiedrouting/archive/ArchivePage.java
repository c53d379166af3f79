package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.List;
import java.util.OptionalLong;

/**
 * An answer from the archive.
 *
 * @param messages oldest first, whatever the direction of paging. That they are less than asked for says nothing
 * @param complete whether nothing more matches in the direction of paging (XEP-0313 §4.2)
 * @param count how many messages match in all, where that is known without a scan
 */
public record ArchivePage(List<ArchivedMessage> messages, boolean complete, OptionalLong count) {

    public ArchivePage {
        messages = List.copyOf(messages);
    }
}
