package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How long it takes to make 2 KiB durable: append, then force. The yardstick for what a commit may cost. */
final class FsyncProbe {

    private static final int BYTES = 2048;
    private static final int APPENDS = 200;

    private FsyncProbe() {}

    /** Appends to a new file in the directory, which is deleted again. */
    static Samples run(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, "fsync", ".probe");
        Samples samples = new Samples();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
            for (int i = 0; i < APPENDS; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(BYTES));
                channel.force(false);
                samples.add(System.nanoTime() - start);
            }
        } finally {
            Files.delete(file);
        }
        return samples;
    }
}
