package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import java.nio.file.Path;

/**
 * An archive in a file.
 *
 * @param file where it is
 * @param messages how many are in it
 * @param skipped how many are not, because what is stored of them is not XML
 */
public record ExportedArchive(Path file, long messages, long skipped) {}
