package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveExport;
import org.xmpp.packet.JID;

/**
 * Files with exported archives, named by account and time. Only the server's own user of the operating system may read
 * them, where that can be said (XEP-0227, security considerations). A file has its name when it is complete.
 */
final class ExportFiles {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final int LONGEST_NAME = 64;

    private final Supplier<Path> directories;
    private final ArchiveExport export;
    private final Clock clock;

    /**
     * @param directories the one for exported archives; it is made when it is needed
     */
    ExportFiles(Supplier<Path> directories, ArchiveExport export, Clock clock) {
        this.directories = directories;
        this.export = export;
        this.clock = clock;
    }

    /**
     * @param owner the account's bare JID
     * @throws UncheckedIOException if the file could not be written; there is none then
     */
    ExportedArchive write(JID owner) {
        String name = nameOf(owner.getNode()) + '-' + STAMP.format(clock.instant());
        Path directory = directories.get();
        Path complete = directory.resolve(name + ".xml");
        Path part = directory.resolve(name + ".part");
        try {
            Files.createDirectories(directory, only("rwx------"));
            Files.createFile(part, only("rw-------"));
            try {
                ArchiveExport.Written written;
                try (BufferedWriter out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
                    written = export.write(owner, out);
                }
                Files.move(part, complete, StandardCopyOption.ATOMIC_MOVE);
                return new ExportedArchive(complete, written.messages(), written.skipped());
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The archive of '" + owner + "' could not be exported", e);
        }
    }

    private static FileAttribute<?>[] only(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** User names may hold what file names must not; a hash keeps those apart that would look the same. */
    static String nameOf(String user) {
        String safe = user.replaceAll("[^A-Za-z0-9_-]", "_");
        if (safe.equals(user) && user.length() <= LONGEST_NAME) {
            return safe;
        }
        String start = safe.substring(0, Math.min(safe.length(), LONGEST_NAME));
        return start + '~' + HexFormat.of().toHexDigits(user.hashCode());
    }
}
