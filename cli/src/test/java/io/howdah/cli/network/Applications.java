package io.howdah.cli.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cli.host.VirtualNetwork;
import io.howdah.testing.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/// An application at every node's host and one outside, all of which write, and what they were
/// told. For one thread.
final class Applications {

    /// Where they run.
    static final List<String> HOSTS =
            Stream.concat(NetworkCluster.NODES.stream(), Stream.of(VirtualNetwork.OUTSIDE))
                    .toList();

    /// How many acknowledgements show that an application writes on.
    private static final int PROGRESS = 10;

    private final Journal journal = new Journal();
    private final List<Application> all = new ArrayList<>();
    private final NetworkCluster cluster;
    private final Database database;

    /// Starts them on a cluster that is whole.
    Applications(VirtualNetwork network, NetworkCluster cluster) {
        this.cluster = cluster;
        database = cluster.database();
        // an application's patience is short, and the machine may be busy
        Await.until("a table is made", this::hasTable);
        for (String host : HOSTS) {
            all.add(new Application(all.size() + 1, host, network, database, journal));
        }
    }

    private boolean hasTable() {
        try (Connection connection = database.toPrimary(VirtualNetwork.OUTSIDE)) {
            Database.execute(
                    connection, "create table if not exists written (id bigint primary key)");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /// What they were told so far, and are being told.
    Journal journal() {
        return journal;
    }

    /// What each that was refused something was refused last.
    List<SQLException> failures() {
        return all.stream().map(Application::failure).filter(Objects::nonNull).toList();
    }

    /// Waits until those at these hosts are told of rows that they send from now on.
    void awaitProgressAt(Collection<String> hosts) {
        long nowNanos = System.nanoTime();
        try {
            Await.until(
                    "applications write at " + hosts,
                    () ->
                            hosts.stream()
                                    .allMatch(
                                            host -> journal.sentSince(host, nowNanos) >= PROGRESS));
        } catch (AssertionError e) {
            failures().forEach(e::addSuppressed);
            throw new AssertionError(e.getMessage() + "\n" + cluster.logs(), e);
        }
    }

    /// Every row that was acknowledged is on every node, and no two primaries acknowledged.
    void assertNothingLost() {
        NetworkCluster.NODES.forEach(this::awaitEveryRowOn);
        journal.assertOnePrimaryAcknowledged();
    }

    /// Waits until a node holds all that has been acknowledged by now; a replica may still replay.
    private void awaitEveryRowOn(String node) {
        Set<Long> promised = journal.identities();
        assertThat(promised).isNotEmpty();
        var seen = new AtomicReference<Object>("nothing");
        try {
            Await.until(
                    node + " holds every acknowledged row",
                    () -> {
                        try {
                            Set<Long> missing = database.missing(promised, node);
                            seen.set(missing);
                            return missing.isEmpty();
                        } catch (SQLException e) {
                            seen.set(e);
                            return false;
                        }
                    });
        } catch (AssertionError e) {
            throw new AssertionError(
                    "missing on %s: %s\n%s".formatted(node, seen, cluster.logs()), e);
        }
    }

    /// Each ends once its present statement has.
    void stop() throws InterruptedException {
        for (Application application : all) {
            application.stop();
        }
    }
}
