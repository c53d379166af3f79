package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.dom4j.DocumentException;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;

/**
 * An account's archive as XML in the format for moving accounts between servers (XEP-0227, its part on XEP-0313). It is
 * read page by page: memory does not grow with the archive. What is added while it is written is written as well, what
 * is deleted meanwhile may be missing. Thread-safe.
 */
public final class ArchiveExport {

    private static final Logger Log = LoggerFactory.getLogger(ArchiveExport.class);
    private static final int PAGE = 250;
    private static final long PAGE_BYTES = 1 << 20;

    private final ArchiveMaintenance archive;

    public ArchiveExport(ArchiveMaintenance archive) {
        this.archive = archive;
    }

    /**
     * What was written.
     *
     * @param messages how many
     * @param skipped how many others could not be, because what is stored of them is not XML
     */
    public record Written(long messages, long skipped) {

        Written plus(Written other) {
            return new Written(messages + other.messages, skipped + other.skipped);
        }
    }

    /**
     * @param owner the account's bare JID
     * @param out not closed
     */
    public Written write(JID owner, Writer out) throws IOException {
        out.write("<?xml version='1.0' encoding='UTF-8'?>\n<server-data xmlns='urn:xmpp:pie:0'>\n<host jid='"
                + escaped(owner.getDomain()) + "'>\n<user name='" + escaped(owner.getNode())
                + "'>\n<archive xmlns='urn:xmpp:pie:0#mam'>\n");
        Written written = new Written(0, 0);
        long last = Long.MIN_VALUE;
        List<ArchivedMessage> page;
        do {
            page = archive.read(owner.getNode(), last, PAGE, PAGE_BYTES);
            for (ArchivedMessage message : page) {
                written = written.plus(write(message, owner, out));
                last = message.seq();
            }
        } while (!page.isEmpty());
        out.write("</archive>\n</user>\n</host>\n</server-data>\n");
        return written;
    }

    private static Written write(ArchivedMessage message, JID owner, Writer out) throws IOException {
        Element result;
        try {
            result = DocumentHelper.createElement(QName.get("result", Namespaces.MAM))
                    .addAttribute("id", message.mid().value());
            result.add(ForwardedMessage.of(message, owner));
        } catch (DocumentException e) {
            Log.warn("Message {} in the archive of '{}' is not XML; it is not exported.", message.mid(), owner, e);
            return new Written(0, 1);
        }
        out.write(StoredStanza.of(result));
        out.write('\n');
        return new Written(1, 0);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;");
    }
}
