package io.howdah.backup.restore;

import com.github.luben.zstd.ZstdInputStream;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.store.StoredObject;
import io.howdah.postgres.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Puts archived WAL into a restored directory, where PostgreSQL finds it: all segments from the
/// backup's start on, and the histories of timelines. Not thread-safe.
final class ArchivedWal {

    private final ObjectStore store;
    private final Path directory;
    private final DurableFiles files;

    ArchivedWal(ObjectStore store, Path dataDirectory, DurableFiles files) {
        this.store = store;
        this.directory = dataDirectory.resolve("pg_wal");
        this.files = files;
    }

    void unpack(BackupRecord backup) {
        String prefix = "wal/" + backup.systemIdentifier() + "/";
        long perId = 0x1_0000_0000L / backup.walSegmentBytes();
        long first = Long.divideUnsigned(backup.startLsn().value(), backup.walSegmentBytes());
        String oldest = "%08X%08X".formatted(first / perId, first % perId);
        store.forEach(
                prefix,
                object -> {
                    String name = object.name().last();
                    if (name.endsWith(".history")) {
                        copy(object, name, false);
                    } else if (name.matches("[0-9A-F]{24}\\.zst")
                            && name.substring(8, 24).compareTo(oldest) >= 0) {
                        copy(object, name.substring(0, 24), true);
                    }
                });
        files.syncDirectory(directory);
    }

    private void copy(StoredObject object, String name, boolean compressed) {
        Path target = directory.resolve(name);
        try (InputStream stored = store.get(object.name());
                InputStream in = compressed ? new ZstdInputStream(stored) : stored) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            files.owner().own(target);
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot unpack " + object.name() + " from " + store + ": " + e,
                    "look at the free space in " + directory + ", then run it again",
                    e);
        }
    }
}
