package io.howdah.cluster.simulation;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.adoption.Judged;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A database that was there before Howdah: its server runs and acknowledges alone, whoever runs it
/// starts it again when it ends, and an operator has the cluster adopt it, and perhaps a standby
/// that it had.
final class FormerDatabase {

    private static final long ORDERED_AGAIN = World.SECOND;

    private final Cluster cluster;
    private final World world;
    private final Host primary;
    private final @Nullable Host standby;
    private final SystemId systemId;

    FormerDatabase(Cluster cluster, Host primary, @Nullable Host standby) {
        this.cluster = cluster;
        this.world = cluster.world();
        this.primary = primary;
        this.standby = standby;
        this.systemId = new SystemId(world.between(1, 1L << 40));
    }

    SystemId systemId() {
        return systemId;
    }

    /// It was made long ago.
    void begin() {
        Branch first = new Branch(TimelineId.FIRST, Wal.BEGIN);
        Disk.Data data =
                new Disk.Data(
                        systemId,
                        new Incarnation("00000000"),
                        primary.name(),
                        Wal.beginning(first));
        data.former = true;
        data.cleanlyStopped = true;
        data.checkpoint = first.begin();
        primary.disk().data = data;
        startServer();
        world.in(world.between(World.SECOND / 2, 4 * World.SECOND), this::order);
    }

    /// Whoever runs it starts it, as long as it is not the cluster's.
    private void startServer() {
        Disk.Data data = primary.disk().data;
        if (data == null || !data.former || !primary.isUp() || primary.server() != null) {
            return;
        }
        primary.disk().names = new InForce.Alone();
        primary.disk().namesEpoch = Epoch.NONE;
        primary.disk().open = true;
        ServerProcess started = primary.start(data.standbySignal);
        started.isForeign = true;
        primary.trace(
                "somebody starts the former server" + (data.standbySignal ? " as a standby" : ""));
    }

    /// A server on this machine has ended, or the machine has started.
    void startLater(Host host) {
        if (host == primary) {
            world.in(world.between(50 * World.MILLI, World.SECOND), this::startServer);
        }
    }

    /// What is not a running primary is refused.
    private void order() {
        Disk.Data data = primary.disk().data;
        if (data == null || !data.former) {
            return;
        }
        world.in(ORDERED_AGAIN, this::order);
        ServerProcess server = primary.server();
        if (primary.disk().order != null
                || server == null
                || !server.answers()
                || server.mode() != ServerProcess.Mode.PRIMARY) {
            return;
        }
        Host other = standby;
        if (other != null && other.isUp() && other.disk().data == null) {
            Disk.Data image = data.image();
            image.holder = other.name();
            other.disk().data = image;
            give(other, AdoptionOrder.Role.STANDBY);
        }
        give(primary, AdoptionOrder.Role.PRIMARY);
    }

    /// The cluster began with it, and was forced to go on without it before the directory was the
    /// node's: nobody may touch what lies there, so whoever owns it saves what is of use, and
    /// empties it.
    void emptyWhereAnotherLeads() {
        Disk.Data data = primary.disk().data;
        boolean others =
                systemId.equals(cluster.state().systemId())
                        && cluster.state().currentLeader().isPresent();
        if (data == null || !data.former || primary.disk().order != null || !others) {
            return;
        }
        cluster.coverage().reached("operator empties a former database's directory");
        primary.trace("*** the former database's directory is emptied");
        ServerProcess server = primary.server();
        if (server != null) {
            server.end(true);
        }
        primary.disk().data = null;
    }

    private static Judged judged(Host host) {
        Disk.Data data = Objects.requireNonNull(host.disk().data);
        return new Judged(
                data.wal.history().current(), data.ranAsPrimary ? new Lsn(data.checkpoint) : null);
    }

    private void give(Host host, AdoptionOrder.Role role) {
        host.disk().order =
                new AdoptionOrder(
                        role,
                        systemId,
                        new Incarnation("%08x".formatted((int) world.between(1, 0xffff_ffffL))),
                        "operator",
                        new TreeMap<>(),
                        List.of(),
                        role == AdoptionOrder.Role.PRIMARY ? null : judged(host));
        cluster.coverage().reached("operator adopts, as " + role);
        host.trace("*** adopt this database, as " + role);
        cluster.agents().wake(host);
    }
}
