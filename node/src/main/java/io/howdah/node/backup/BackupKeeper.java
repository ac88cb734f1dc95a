package io.howdah.node.backup;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.rota.Duty;
import io.howdah.backup.rota.Rota;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.take.BackupSource;
import io.howdah.backup.take.BackupTaking;
import io.howdah.backup.take.TakeListener;
import io.howdah.node.configuration.TakeConfiguration;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.wire.ConnectionSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes backups on a schedule, into one repository after the other. Of all nodes' workers one does
/// each: who claims it first there, and that is a standby's where there is one. `start` is called
/// once, and then `close`.
final class BackupKeeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BackupKeeper.class);

    private final String node;
    private final TakeConfiguration take;
    private final List<ObjectStore> stores;
    private final RepositoryMemory memory;
    private final DataDirectory data;
    private final Supplier<Optional<ConnectionSettings>> server;
    private final Slots slots;
    private final Map<ObjectStore, String> taken = new HashMap<>(); // of the rounds' thread
    private final Instant started = Instant.now();
    private final Rounds rounds =
            new Rounds("scheduled-backups", "no scheduled backup at the moment", this::look);

    /// @param node a name that no other worker of these repositories has
    /// @param memory by which it is known whose the repositories are
    /// @param data of the node's server
    /// @param server how to reach it; empty while none runs
    BackupKeeper(
            String node,
            TakeConfiguration take,
            List<ObjectStore> stores,
            RepositoryMemory memory,
            DataDirectory data,
            Supplier<Optional<ConnectionSettings>> server) {
        this.node = node;
        this.take = take;
        this.stores = List.copyOf(stores);
        this.memory = memory;
        this.data = data;
        this.server = server;
        this.slots = new Slots(take.every(), take.offset());
    }

    void start() {
        rounds.start();
    }

    private void look() {
        Instant now = Instant.now();
        List<ObjectStore> left =
                stores.stream().filter(store -> !slots.name(now).equals(taken.get(store))).toList();
        if (!left.isEmpty()) {
            server.get().ifPresent(settings -> look(now, left, settings));
        }
    }

    /// One that does not answer keeps no other waiting.
    private void look(Instant now, List<ObjectStore> left, ConnectionSettings settings) {
        if (!slots.isDue(now, started, LocalRole.isPrimary(settings), null)) {
            return;
        }
        var troubles = new ArrayList<BackupException>();
        for (ObjectStore store : left) {
            try {
                if (DrillKeeper.isMade(store)) {
                    back(store, now, settings);
                }
            } catch (BackupException e) {
                troubles.add(e);
            }
        }
        if (!troubles.isEmpty()) {
            throw troubles.getFirst();
        }
    }

    private void back(ObjectStore store, Instant now, ConnectionSettings settings) {
        Instant newest = newest(store);
        if (newest != null && !newest.isBefore(slots.slot(now))) {
            taken.put(store, slots.name(now));
            return;
        }
        memory.requireOurs(store);
        try (Duty duty = new Rota(store, "backups").claim(slots.name(now), node).orElse(null)) {
            if (duty != null) {
                LOG.info("a backup into {} begins", store);
                BackupRecord backup =
                        new BackupTaking(
                                        store,
                                        memory,
                                        new BackupSource(data, settings, node),
                                        take.options(),
                                        new TakeListener() {})
                                .run();
                duty.done();
                LOG.info(
                        "{} has the backup {}, for which {} bytes were stored",
                        store,
                        backup.id(),
                        backup.storedBytes());
            }
        }
    }

    private static @Nullable Instant newest(ObjectStore store) {
        return new BackupCatalog(Repository.open(store))
                .newest()
                .map(BackupRecord::startTime)
                .orElse(null);
    }

    /// Takes no more; one that is under way comes to nothing.
    @Override
    public void close() {
        rounds.close();
    }
}
