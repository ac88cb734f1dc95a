package io.howdah.node;

import io.howdah.cluster.agent.Agent;
import io.howdah.cluster.lease.RenewalTimes;
import io.howdah.cluster.member.ManagedPostgres;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.consensus.Peer;
import io.howdah.consensus.Store;
import io.howdah.node.api.MetricsPage;
import io.howdah.node.api.NodeView;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.backup.ArchiveReport;
import io.howdah.node.backup.BackupsReport;
import io.howdah.node.metrics.MetricsText;
import io.howdah.node.metrics.ProcessUsage;
import io.howdah.node.metrics.Scrape;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Measures this node when it is scraped, and at no other time. PostgreSQL is asked in a session of
/// its own, for two seconds at most. Thread-safe.
final class NodeMetrics {

    private final NodeView node;
    private final Store<ClusterState, Command> store;
    private final @Nullable Agent agent;
    private final @Nullable ManagedPostgres server;
    private final Path directory;
    private final BooleanSupplier writesStopped;
    private final @Nullable KeyMaterial keys;
    private final MetricsText text = new MetricsText();

    /// @param agent null on a witness, as is `server`
    /// @param directory the node's
    /// @param writesStopped whether its PostgreSQL is to refuse writes
    /// @param keys the node's; null where it has none
    NodeMetrics(
            NodeView node,
            Store<ClusterState, Command> store,
            @Nullable Agent agent,
            @Nullable ManagedPostgres server,
            Path directory,
            BooleanSupplier writesStopped,
            @Nullable KeyMaterial keys) {
        this.keys = keys;
        this.directory = directory;
        this.writesStopped = writesStopped;
        this.node = node;
        this.store = store;
        this.agent = agent;
        this.server = server;
    }

    MetricsPage page(String accept) {
        return text.page(scrape(), accept);
    }

    private Scrape scrape() {
        Agent loop = agent;
        ManagedPostgres postgres = server;
        Optional<Peer> leader = store.leader();
        RenewalTimes.Figures renewals = loop == null ? null : loop.renewals();
        var cluster = node.cluster();
        return new Scrape(
                cluster.cluster(),
                node.self(),
                node.replication(),
                postgres == null ? Optional.empty() : postgres.vitals(),
                store.seen().state(),
                cluster.paused(),
                node.leaseMillis() / 1e3,
                loop == null ? 0 : loop.leaseRemainingNanos() / 1e9,
                renewals,
                loop != null && loop.hasDeadMansSwitch(),
                loop != null && loop.hasWatchdog(),
                node.loopAgeMillis() / 1e3,
                store.progress(),
                leader.map(Peer::nodeName).orElse(null),
                store.peers().size(),
                ArchiveReport.read(directory).orElse(null),
                writesStopped.getAsBoolean(),
                cluster.drill(),
                BackupsReport.read(directory).orElse(null),
                certificateSeconds(),
                ProcessUsage.now(),
                System.currentTimeMillis());
    }

    private @Nullable Double certificateSeconds() {
        KeyMaterial own = keys;
        return own == null
                ? null
                : Double.valueOf(Duration.between(Instant.now(), own.expiry()).toMillis() / 1e3);
    }
}
