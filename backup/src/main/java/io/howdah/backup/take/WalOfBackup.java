package io.howdah.backup.take;

import com.github.luben.zstd.Zstd;
import io.howdah.backup.BackupException;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// Sees to it that the WAL between a backup's start and its end is in the repository: complete
/// segments and the histories of timelines from the server's `pg_wal`, where a slot keeps them. The
/// last segment may be incomplete on a standby; it becomes a file of the backup. Not thread-safe.
final class WalOfBackup {

    private static final int LEVEL = 1;

    private final ObjectStore store;
    private final SystemId system;
    private final Path directory;

    WalOfBackup(ObjectStore store, SystemId system, Path dataDirectory) {
        this.store = store;
        this.system = system;
        this.directory = dataDirectory.resolve("pg_wal");
    }

    /// A segment that is not complete.
    ///
    /// @param name its file's name
    /// @param content its bytes up to the end of the backup, and zeros behind
    record Incomplete(String name, Content.Bytes content) {}

    /// Stores what is missing.
    ///
    /// @param lastIsComplete whether the server has gone on to the next segment
    /// @return the last segment, where it is not complete
    Optional<Incomplete> store(NeededWal wal, Lsn stop, boolean lastIsComplete) {
        storeHistories();
        for (long segment = wal.first(); segment <= wal.last(); segment++) {
            String name = wal.fileName(segment);
            if (segment == wal.last() && !lastIsComplete) {
                byte[] content = read(name, wal.segmentBytes());
                int used = (int) (stop.value() - segment * wal.segmentBytes());
                Arrays.fill(content, used, content.length, (byte) 0);
                return Optional.of(
                        new Incomplete(name, new Content.Bytes(content, content.length)));
            }
            put("%08X/%s.zst".formatted(wal.timeline().value(), name), name, wal.segmentBytes());
        }
        return Optional.empty();
    }

    private void put(String object, String name, int bytes) {
        var target = new ObjectName("wal/" + system + "/" + object);
        PutOutcome _ =
                store.put(
                        target,
                        Content.of(Zstd.compress(read(name, bytes), LEVEL)),
                        PutMode.IF_ABSENT);
    }

    private void storeHistories() {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, "????????.history")) {
            for (Path file : files) {
                var target = new ObjectName("wal/" + system + "/" + file.getFileName());
                PutOutcome _ =
                        store.put(target, Content.of(Files.readAllBytes(file)), PutMode.IF_ABSENT);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the histories in " + directory, e);
        }
    }

    private byte[] read(String name, int bytes) {
        Path file = directory.resolve(name);
        try {
            byte[] content = Files.readAllBytes(file);
            if (content.length != bytes) {
                throw new BackupException(
                        file + " has " + content.length + " bytes instead of " + bytes,
                        "take the backup again");
            }
            return content;
        } catch (NoSuchFileException e) {
            throw new BackupException(
                    "the WAL file " + name + ", which this backup needs, is not in " + directory,
                    "take the backup again; raise max_slot_wal_keep_size if it happens once more",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
