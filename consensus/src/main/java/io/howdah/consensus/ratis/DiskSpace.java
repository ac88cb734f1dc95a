package io.howdah.consensus.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Whether a directory takes what the log needs.
final class DiskSpace {

    /// What Ratis lays out ahead for a segment, twice: one to close, one to begin.
    private static final int PROBE_BYTES = 2 << 20;

    private DiskSpace() {}

    /// How much is free, in words.
    static String of(Path directory) {
        try {
            return Files.getFileStore(directory).getUsableSpace() + " bytes free in " + directory;
        } catch (IOException e) {
            return directory + " cannot be looked at";
        }
    }

    /// Writes as much as the log will need next, and takes it away again.
    ///
    /// @return null when that went well, else what is wrong and what to do
    static @Nullable String complaint(Path directory) {
        Path probe = directory.resolve("probe");
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            probe,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.allocate(PROBE_BYTES);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            } finally {
                Files.deleteIfExists(probe);
            }
            return null;
        } catch (IOException e) {
            return "the log cannot be written: %s; %s\nHINT: free %d bytes or more there, and see that it can be written; this node then goes on by itself"
                    .formatted(e.getMessage(), of(directory), PROBE_BYTES);
        }
    }
}
