package io.howdah.backup.sweep;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a backup that is under way says of itself in its `lease.json`, again and again. Immutable.
///
/// @param host where it runs
/// @param process its number there
/// @param began when it was put first, by the store's clock; null in the first one itself
/// @param seen the tombstones that it has read: it refers to nothing of what they name
public record Lease(String host, long process, @Nullable Instant began, List<String> seen) {

    /// How often it is renewed.
    public static final Duration RENEWAL = Duration.ofMinutes(1);

    /// A backup that has not renewed its lease for that long, by the store's clock, may be
    /// withdrawn.
    public static final Duration LENGTH = Duration.ofMinutes(15);

    private static final int MOST_BYTES = 1 << 20;

    public Lease {
        seen = List.copyOf(seen);
    }

    /// A backup's lease; empty when it has none.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    static Optional<Lease> read(ObjectStore store, BackupId id) {
        try (InputStream in = store.get(id.lease())) {
            return Optional.of(RepositoryJson.read(in.readNBytes(MOST_BYTES), Lease.class));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + id.lease() + " in " + store + ": " + e,
                    "look at the disk or the network there, then run it again",
                    e);
        } catch (IllegalArgumentException e) {
            throw new BackupException(
                    id.lease() + " in " + store + " is damaged: " + e.getMessage(),
                    "see that no backup of that name is under way, and delete it",
                    e);
        }
    }
}
