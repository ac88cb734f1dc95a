package io.howdah.node.backup;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.Tablespace;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.restore.RestoreListener;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restoring;
import io.howdah.backup.store.ObjectStore;
import io.howdah.cluster.member.CopySource;
import io.howdah.postgres.Installations;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Makes a member's data from the repositories: from the newest backup on the leader's line, with
/// all WAL that is archived. So a new replica costs the primary nothing but the WAL of the last
/// moments. The first repository that does is taken.
///
/// @param stores of the repositories
/// @param memory by which it is known whose they are: another cluster's WAL may be that of other
///   timelines with the same numbers
/// @param user who runs PostgreSQL
public record RepositoryCopy(
        List<ObjectStore> stores, RepositoryMemory memory, OperatingSystemUser user)
        implements CopySource {

    private static final int WORKERS = 4;
    private static final Duration ROUND = Duration.ofSeconds(5);

    public RepositoryCopy {
        stores = List.copyOf(stores);
    }

    @Override
    public Lsn copy(Wanted wanted) {
        BackupException last = null;
        for (ObjectStore store : stores) {
            try {
                memory.requireOurs(store);
                return copy(Repository.open(store, wanted.system()), wanted);
            } catch (BackupException e) {
                if (last != null) {
                    e.addSuppressed(last);
                }
                last = e;
            }
        }
        throw last == null
                ? new BackupException("there is no repository", "name one in howdah.yaml")
                : last;
    }

    private Lsn copy(Repository repository, Wanted wanted) {
        BackupRecord backup =
                Restoring.choose(repository, request(wanted, Optional.empty(), Map.of()));
        int major = PostgresVersion.parse(backup.postgresVersion()).major();
        if (major != wanted.major()) {
            throw new BackupException(
                    "the newest backup in "
                            + repository.store()
                            + " is of PostgreSQL "
                            + major
                            + ", this node runs "
                            + wanted.major(),
                    "take a backup");
        }
        Map<Path, Path> tablespaces =
                backup.tablespaces().stream()
                        .map(Tablespace::location)
                        .map(Path::of)
                        .collect(Collectors.toMap(each -> each, wanted.tablespace()));
        return new Restoring(
                        repository,
                        user,
                        request(wanted, Optional.of(backup.backupId()), tablespaces),
                        new Told(wanted.progress()))
                .run(new Installations(user))
                .reach();
    }

    private static RestoreRequest request(
            Wanted wanted, Optional<BackupId> backup, Map<Path, Path> tablespaces) {
        return new RestoreRequest(
                wanted.directory(),
                new RestoreTarget.Latest(),
                backup,
                Optional.of(wanted.line().current()),
                tablespaces,
                RestoreRequest.Ending.FOLLOWER,
                false,
                WORKERS);
    }

    /// Not of each piece: what is told is logged.
    private static final class Told implements RestoreListener {
        private final Progress progress;
        private long toldNanos = System.nanoTime() - ROUND.toNanos();

        Told(Progress progress) {
            this.progress = progress;
        }

        @Override
        public void progress(long written, long total, long kept) {
            long now = System.nanoTime();
            if (now - toldNanos >= ROUND.toNanos() || written >= total) {
                toldNanos = now;
                progress.now(written, Math.max(written, total));
            }
        }
    }

    @Override
    public String toString() {
        return "the repository in "
                + stores.stream().map(ObjectStore::toString).collect(Collectors.joining(", "));
    }
}
