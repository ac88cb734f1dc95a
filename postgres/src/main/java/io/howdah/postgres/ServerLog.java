package io.howdah.postgres;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A server's log file from a point on. Immutable.
///
/// @param file the file; it may be missing
/// @param offset where the part of interest begins, in bytes
record ServerLog(Path file, long offset) {

    private static final int MOST_BYTES = 64 * 1024;

    /// What will be written from now on.
    static ServerLog atEnd(Path file) {
        try {
            return new ServerLog(file, Files.size(file));
        } catch (IOException e) {
            return new ServerLog(file, 0);
        }
    }

    /// What was written since; the last 64 KiB of it.
    String news() {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            // A log that was rotated has become shorter.
            long from = log.length() < offset ? 0 : offset;
            from = Math.max(from, log.length() - MOST_BYTES);
            byte[] content = new byte[(int) (log.length() - from)];
            log.seek(from);
            log.readFully(content);
            return new String(content, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
