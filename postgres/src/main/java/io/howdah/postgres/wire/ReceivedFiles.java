package io.howdah.postgres.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// What arrived of a base backup, file by file, to be compared with the manifest. For one thread.
final class ReceivedFiles {

    /// What was reckoned while a file arrived.
    private record Received(long sizeBytes, String checksum) {}

    private static final int MOST_PROBLEMS = 10;

    private final String algorithm;
    private final Map<String, Received> unchecked = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private long bytes;
    private int count;

    /// @param algorithm the kind of checksums that the files get, as in `CRC32C`
    ReceivedFiles(String algorithm) {
        this.algorithm = algorithm;
    }

    /// A file has arrived.
    ///
    /// @param path relative to the data directory, with slashes
    void add(String path, long sizeBytes, byte[] checksum) {
        unchecked.put(path, new Received(sizeBytes, HexFormat.of().formatHex(checksum)));
        bytes += sizeBytes;
        count++;
    }

    long bytes() {
        return bytes;
    }

    int count() {
        return count;
    }

    /// Compares a file of the manifest with what arrived.
    void check(BackupManifest.FileEntry entry) {
        Received received = unchecked.remove(entry.path());
        if (received == null) {
            problem(entry.path() + " is missing, or listed twice");
        } else if (received.sizeBytes != entry.sizeBytes()) {
            problem(
                    entry.path()
                            + " has "
                            + received.sizeBytes
                            + " bytes instead of "
                            + entry.sizeBytes());
        } else if (!entry.algorithm().equals(algorithm)) {
            problem(entry.path() + " has a checksum of the kind '" + entry.algorithm() + "'");
        } else if (!received.checksum.equalsIgnoreCase(entry.checksum())) {
            problem(
                    entry.path()
                            + " has the checksum "
                            + received.checksum
                            + " instead of "
                            + entry.checksum());
        }
    }

    /// The manifest has been read to its end. What arrived without being listed must be WAL, which
    /// manifests leave out.
    ///
    /// @return what is wrong, the first ten findings at most; empty when the copy is sound
    List<String> finish() {
        unchecked.keySet().stream()
                .filter(path -> !path.startsWith("pg_wal/"))
                .sorted()
                .forEach(path -> problem(path + " is not listed"));
        return List.copyOf(problems);
    }

    private void problem(String problem) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(problem);
        }
    }
}
