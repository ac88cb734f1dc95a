package io.howdah.node.backup;

import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.ObjectStore;
import io.howdah.node.configuration.BackupConfiguration;
import io.howdah.node.configuration.TakeConfiguration;
import io.howdah.node.configuration.VerifyConfiguration;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.wire.ConnectionSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What a node's worker does for each repository on a schedule, as far as its howdah.yaml wants it.
/// `start` is called once, and then `close`.
final class Schedule implements AutoCloseable {

    private final List<RepositoryDuties> duties = new ArrayList<>();

    /// @param node a name that no other worker of these repositories has
    /// @param data of the node's server
    /// @param memory by which it is known whose the repositories are
    /// @param server how to reach the node's server; empty while none runs
    Schedule(
            BackupConfiguration wanted,
            List<ObjectStore> stores,
            String node,
            DataDirectory data,
            RepositoryMemory memory,
            Supplier<Optional<ConnectionSettings>> server) {
        TakeConfiguration take = wanted.take();
        VerifyConfiguration verify = wanted.verify();
        for (ObjectStore store : stores) {
            if (take != null) {
                duties.add(
                        new RepositoryDuties(
                                new ScheduledBackups(node, data, memory, take.options()),
                                Slots.of(take.every(), take.at()),
                                node,
                                store,
                                memory,
                                server));
            }
            if (verify != null) {
                duties.add(
                        new RepositoryDuties(
                                new ScheduledVerifications(node, verify.workers()),
                                Slots.of(verify.every(), verify.at()),
                                node,
                                store,
                                memory,
                                server));
            }
        }
    }

    void start() {
        duties.forEach(RepositoryDuties::start);
    }

    @Override
    public void close() {
        duties.forEach(RepositoryDuties::close);
    }
}
