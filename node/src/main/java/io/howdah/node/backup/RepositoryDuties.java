package io.howdah.node.backup;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.rota.Duty;
import io.howdah.backup.rota.Rota;
import io.howdah.backup.store.ObjectStore;
import io.howdah.postgres.wire.ConnectionSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Does something to every repository once in each slot of time, to one after the other. Of all
/// nodes' workers one does it: who claims it first there, and that is a standby's where there is
/// one. `start` is called once, and then `close`.
final class RepositoryDuties implements AutoCloseable {

    /// What is done.
    interface Work {

        /// What it is called in a repository: a part of an object's name.
        String name();

        /// When it was begun last, whoever did it.
        Optional<Instant> last(Repository repository);

        /// Does it.
        ///
        /// @param server the node's
        void run(Repository repository, ConnectionSettings server);
    }

    private final Work work;
    private final Slots slots;
    private final String node;
    private final List<ObjectStore> stores;
    private final RepositoryMemory memory;
    private final Supplier<Optional<ConnectionSettings>> server;
    private final Map<ObjectStore, Instant> done = new HashMap<>(); // of the rounds' thread
    private final Instant started = Instant.now();
    private final Rounds rounds;

    /// @param node a name that no other worker of these repositories has
    /// @param memory by which it is known whose the repositories are
    /// @param server how to reach the node's server; empty while none runs
    RepositoryDuties(
            Work work,
            Slots slots,
            String node,
            List<ObjectStore> stores,
            RepositoryMemory memory,
            Supplier<Optional<ConnectionSettings>> server) {
        this.work = work;
        this.slots = slots;
        this.node = node;
        this.stores = List.copyOf(stores);
        this.memory = memory;
        this.server = server;
        this.rounds =
                new Rounds(
                        "scheduled-" + work.name(),
                        "no scheduled " + work.name() + " at the moment",
                        this::look);
    }

    void start() {
        rounds.start();
    }

    private void look() {
        Instant now = Instant.now();
        Instant slot = slots.slot(now);
        List<ObjectStore> left =
                stores.stream().filter(store -> !slot.equals(done.get(store))).toList();
        if (!left.isEmpty()) {
            server.get().ifPresent(settings -> look(now, left, settings));
        }
    }

    /// One repository that does not answer keeps no other from its turn.
    private void look(Instant now, List<ObjectStore> left, ConnectionSettings settings) {
        if (!slots.isDue(now, started, LocalRole.isPrimary(settings), null)) {
            return;
        }
        var troubles = new ArrayList<BackupException>();
        for (ObjectStore store : left) {
            try {
                if (DrillKeeper.isMade(store)) {
                    tend(Repository.open(store), now, settings);
                }
            } catch (BackupException e) {
                troubles.add(e);
            }
        }
        if (!troubles.isEmpty()) {
            throw troubles.getFirst();
        }
    }

    private void tend(Repository repository, Instant now, ConnectionSettings settings) {
        ObjectStore store = repository.store();
        Instant slot = slots.slot(now);
        if (work.last(repository).filter(last -> !last.isBefore(slot)).isPresent()) {
            done.put(store, slot);
            return;
        }
        memory.requireOurs(store);
        try (Duty duty = new Rota(store, work.name()).claim(slots.name(now), node).orElse(null)) {
            if (duty != null) {
                work.run(repository, settings);
                duty.done();
            }
        }
    }

    /// Does no more; what is under way comes to nothing.
    @Override
    public void close() {
        rounds.close();
    }
}
