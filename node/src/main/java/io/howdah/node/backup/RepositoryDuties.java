package io.howdah.node.backup;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.rota.Duty;
import io.howdah.backup.rota.Rota;
import io.howdah.backup.store.ObjectStore;
import io.howdah.postgres.wire.ConnectionSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Does something to a repository once in each slot of time. Of all nodes' workers one does it: who
/// claims it first there, and that is a standby's where there is one that follows. On a thread of
/// its own: no other repository waits. `start` is called once, and then `close`.
final class RepositoryDuties implements AutoCloseable {

    /// What is done.
    interface Work {

        /// What it is called in a repository: a part of an object's name.
        String name();

        /// What is to be done in a slot, if somebody has not begun it since.
        ///
        /// @param server the node's
        /// @param slot when it began
        /// @param name what it is called
        /// @return the name under which it is claimed: the slot's, or one for what has to be done
        ///   once more in it; empty where it is done
        Optional<String> due(
                Repository repository, ConnectionSettings server, Instant slot, String name);

        /// Whether it is better done in a while.
        default boolean isHeldUp(Repository repository) {
            return false;
        }

        /// Whether it needs a server that knows all that was written lately.
        default boolean needsFollower() {
            return false;
        }

        /// Does it.
        ///
        /// @param server the node's
        void run(Repository repository, ConnectionSettings server);
    }

    /// How long it is believed that a slot's work is done: what was done may come to count no more.
    private static final Duration BELIEVED = Duration.ofMinutes(30);

    private final Work work;
    private final Slots slots;
    private final String node;
    private final ObjectStore store;
    private final RepositoryMemory memory;
    private final Supplier<Optional<ConnectionSettings>> server;
    private final KnownRepositories known = new KnownRepositories(); // of the rounds' thread
    private @Nullable Instant done; // the slot in which it was; of the rounds' thread
    private long doneNanos; // when that was seen; of the rounds' thread
    private final Instant started = Instant.now();
    private final Rounds rounds;

    /// @param node a name that no other worker of this repository has
    /// @param store of the repository
    /// @param memory by which it is known whose it is
    /// @param server how to reach the node's server; empty while none runs
    RepositoryDuties(
            Work work,
            Slots slots,
            String node,
            ObjectStore store,
            RepositoryMemory memory,
            Supplier<Optional<ConnectionSettings>> server) {
        this.work = work;
        this.slots = slots;
        this.node = node;
        this.store = store;
        this.memory = memory;
        this.server = server;
        this.rounds =
                new Rounds(
                        "scheduled-" + work.name(),
                        "no scheduled " + work.name() + " of " + store + " at the moment",
                        this::look);
    }

    void start() {
        rounds.start();
    }

    private void look() {
        Instant now = Instant.now();
        boolean believed =
                slots.slot(now).equals(done) && System.nanoTime() - doneNanos < BELIEVED.toNanos();
        if (!believed) {
            server.get()
                    .filter(settings -> isDue(now, LocalRole.of(settings)))
                    .ifPresent(settings -> tend(now, settings));
        }
    }

    private boolean isDue(Instant now, LocalRole role) {
        return slots.isDue(now, started, role == LocalRole.PRIMARY, null)
                && !(role == LocalRole.BEHIND && work.needsFollower());
    }

    private void tend(Instant now, ConnectionSettings settings) {
        if (!known.isMade(store)) {
            return;
        }
        Repository repository = Repository.open(store);
        Instant slot = slots.slot(now);
        Optional<String> due = work.due(repository, settings, slot, slots.name(now));
        if (due.isEmpty()) {
            done = slot;
            doneNanos = System.nanoTime();
            return;
        }
        memory.requireOurs(store);
        if (work.isHeldUp(repository)) {
            return;
        }
        try (Duty duty = new Rota(store, work.name()).claim(due.get(), node).orElse(null)) {
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
