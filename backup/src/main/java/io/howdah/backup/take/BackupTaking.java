package io.howdah.backup.take;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.LastAttempt;
import io.howdah.backup.manifest.ManifestWriter;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.ObjectStore;
import io.howdah.postgres.SystemId;
import java.time.Instant;

/// Takes backups of a running server, a primary or a standby.
public final class BackupTaking {

    private final ObjectStore place;
    private final RepositoryMemory memory;
    private final BackupSource source;
    private final TakeOptions options;
    private final TakeListener listener;

    /// @param place where the repository is, or will be
    /// @param memory whether there was one before
    public BackupTaking(
            ObjectStore place,
            RepositoryMemory memory,
            BackupSource source,
            TakeOptions options,
            TakeListener listener) {
        this.place = place;
        this.memory = memory;
        this.source = source;
        this.options = options;
        this.listener = listener;
    }

    /// Takes one.
    ///
    /// @return what stands in its `backup.json`
    /// @throws BackupException when it cannot be taken, as when the repository is another
    ///   cluster's; what was stored by then is used by the next one
    public BackupRecord run() {
        try (BackupSession session = BackupSession.open(source.connection())) {
            requireSameServer(session);
            Repository repository = memory.openOrMake(place, session.systemId());
            var catalog = new BackupCatalog(repository);
            Instant began = session.now();
            BackupId id = catalog.newId(began);
            try (var notes =
                    new ProgressNotes(repository.store(), id, source.name(), began, listener)) {
                notes.start();
                BackupRecord backup = take(catalog, id, session, notes);
                LastAttempt.NOTE.put(repository.store(), LastAttempt.success(id));
                return backup;
            } catch (RuntimeException e) {
                LastAttempt.NOTE.put(repository.store(), LastAttempt.failure(id, e));
                throw e;
            }
        }
    }

    private BackupRecord take(
            BackupCatalog catalog, BackupId id, BackupSession session, TakeListener told) {
        try (var draft =
                        new Draft(
                                catalog,
                                id,
                                options.anew(),
                                () -> told.step(TakeStep.PART_STORED),
                                ManifestWriter.PART_BYTES);
                var attempt =
                        new Attempt(
                                catalog.repository(),
                                draft,
                                id,
                                source.data(),
                                session,
                                options,
                                told)) {
            draft.lease().keepAlive();
            BackupRecord backup = attempt.run();
            memory.requireOurs(place);
            draft.publish(backup);
            told.step(TakeStep.PUBLISHED);
            return backup;
        }
    }

    private void requireSameServer(BackupSession session) {
        SystemId files = source.data().controlData().systemId();
        if (!files.equals(session.systemId())) {
            throw new BackupException(
                    "the files in "
                            + source.data()
                            + " are of the cluster "
                            + files
                            + ", the server at "
                            + source.connection().address()
                            + " is of "
                            + session.systemId(),
                    "name the data directory of the server that is asked");
        }
    }
}
