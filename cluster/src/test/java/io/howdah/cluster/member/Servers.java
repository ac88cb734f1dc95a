package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.SocketDirectory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.process.ProcessEntry;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.ProcessTable;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.Secret;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/// Real servers of one test, driven as an agent drives its own, but without one: the test plays the
/// rules. Ended and deleted on `close`. For one thread.
public final class Servers implements AutoCloseable {

    private static final OperatingSystemUser USER = OperatingSystemUser.forPostgres();

    /// The oldest that Howdah runs.
    private static final int OLDEST = 15;

    private final Installation installation;
    private final Path root;
    private final Map<NodeName, ManagedPostgres> servers = new HashMap<>();
    private final Map<NodeName, Integer> ports = new HashMap<>();

    public Servers(Installation installation) {
        this.installation = installation;
        try {
            // JUnit's own temporary directories are closed to the user that runs PostgreSQL
            root = Files.createTempDirectory("howdah-test").toRealPath();
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Every installed PostgreSQL and the embedded one.
    static Stream<Installation> installations() {
        Installations installations = new Installations(USER);
        List<Installation> installed = installations.installed();
        sayWhatIsMissing(installed);
        return Stream.concat(installed.stream(), Stream.of(installations.embedded()));
    }

    /// The oldest installed PostgreSQL, if there is one, and the embedded one.
    static Stream<Installation> oldestAndEmbedded() {
        Installations installations = new Installations(USER);
        List<Installation> installed = installations.installed();
        sayWhatIsMissing(installed);
        return Stream.concat(
                installed.reversed().stream().limit(1), Stream.of(installations.embedded()));
    }

    private static void sayWhatIsMissing(List<Installation> installed) {
        if (installed.stream().noneMatch(each -> each.version().major() == OLDEST)) {
            System.err.println(
                    "SKIPPED: members are not tested on PostgreSQL " + OLDEST + ": not installed");
        }
    }

    /// A node's PostgreSQL; the first call makes it.
    public ManagedPostgres of(NodeName node) {
        return servers.computeIfAbsent(
                node,
                name -> {
                    int port = ports.computeIfAbsent(name, fresh -> FreePorts.one());
                    return new ManagedPostgres(
                            new ManagedSettings(
                                    name,
                                    "test",
                                    installation,
                                    root.resolve(name.value()),
                                    "127.0.0.1",
                                    port,
                                    3,
                                    Map.of(),
                                    List.of(),
                                    TestMember.SECRETS,
                                    null,
                                    () -> Set.of("127.0.0.1"),
                                    null),
                            () -> {});
                });
    }

    /// As an agent does that comes after one which was killed: PostgreSQL runs on.
    void restartAgent(NodeName node) {
        of(node).close();
        servers.remove(node);
    }

    /// Where a node keeps everything.
    Path directory(NodeName node) {
        return root.resolve(node.value());
    }

    Path walDirectory(NodeName node) {
        return root.resolve(node.value()).resolve("data").resolve("pg_wal");
    }

    /// The superuser, on the local socket.
    public ConnectionSettings bySocket(NodeName node) {
        return ConnectionSettings.of(
                new ServerAddress.UnixSocket(
                        SocketDirectory.prepare(root.resolve(node.value()).resolve("run"), USER),
                        port(node)),
                "postgres");
    }

    /// A client with a password.
    public ConnectionSettings byTcp(NodeName node, String role, Secret password) {
        return ConnectionSettings.of(new ServerAddress.Tcp("127.0.0.1", port(node)), role)
                .withPassword(password);
    }

    /// The file that says whom a standby follows.
    Path serviceFile(NodeName node) {
        return root.resolve(node.value()).resolve("run").resolve("service.conf");
    }

    /// What the server has written so far.
    public String log(NodeName node) {
        try {
            return Files.readString(root.resolve(node.value()).resolve("postgresql.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A child of a node's postmaster whose title contains this, once there is one.
    public ProcessGrip child(NodeName node, String title) {
        long postmaster = of(node).pid().orElseThrow();
        AtomicReference<ProcessGrip> found = new AtomicReference<>();
        Await.until(
                node + " has a " + title,
                () -> {
                    ProcessTable.childrenOf(postmaster).stream()
                            .map(ProcessEntry::pid)
                            .filter(pid -> ProcessTable.title(pid).contains(title))
                            .findFirst()
                            .flatMap(ProcessGrip::on)
                            .ifPresent(found::set);
                    return found.get() != null;
                });
        return Objects.requireNonNull(found.get());
    }

    /// Which data directory a node runs with.
    public Incarnation incarnation(NodeName node) {
        return switch (of(node).status()) {
            case LocalStatus.Standby standby -> standby.incarnation();
            case LocalStatus.Primary primary -> primary.incarnation();
            case LocalStatus other -> throw new AssertionError(node + " is " + other);
        };
    }

    /// What makes a node's commits wait for that standby alone.
    public InForce.Names named(NodeName standby) {
        return new InForce.Names(new TreeMap<>(Map.of(standby, incarnation(standby))), 1);
    }

    public Upstream upstream(NodeName leader, Epoch epoch) {
        // in these tests each epoch is granted the timeline of its number
        return new Upstream(
                leader, epoch, "127.0.0.1", port(leader), new TimelineId(epoch.value()));
    }

    private int port(NodeName node) {
        of(node);
        return Objects.requireNonNull(ports.get(node), "no port for " + node);
    }

    /// A new primary on timeline 1.
    public void primary(NodeName node) {
        of(node).initialise();
        of(node).startPrimary();
        of(node).initialisationAnnounced();
    }

    /// A standby that is copied from `leader` and streams from it.
    public void standby(NodeName node, Upstream leader) {
        of(node).copy(leader);
        attach(node, leader);
    }

    /// Makes what lies there follow the leader's history, rewound or copied, and lets it stream.
    void rejoin(NodeName node, Upstream leader) {
        of(node).rejoin(leader);
        boolean rewound =
                of(node).status() instanceof LocalStatus.Stopped stopped
                        && stopped.rewoundFor().isPresent();
        if (rewound) {
            of(node).startStandby(Optional.of(leader));
            awaitStreaming(node);
        } else {
            attach(node, leader);
        }
    }

    /// Starts what lies there as a standby and lets it stream from `leader`.
    public void attach(NodeName node, Upstream leader) {
        of(node).startStandby(Optional.empty());
        awaitPosition(node);
        of(node).follow(leader);
        awaitStreaming(node);
    }

    /// Waits until a standby receives from whomever it follows.
    public void awaitStreaming(NodeName node) {
        Await.until(
                node + " streams",
                () -> of(node).status() instanceof LocalStatus.Standby s && s.receiving());
    }

    /// How far a standby's WAL reaches, once it knows.
    public Position awaitPosition(NodeName node) {
        Await.until(
                node + " has read its WAL to the end",
                () ->
                        of(node).status() instanceof LocalStatus.Standby s
                                && s.position().isPresent());
        return position(node);
    }

    public Position position(NodeName node) {
        return switch (of(node).status()) {
            case LocalStatus.Standby standby -> standby.position().orElseThrow();
            case LocalStatus.Primary primary -> primary.position();
            case LocalStatus other -> throw new AssertionError(node + " is " + other);
        };
    }

    @Override
    public void close() {
        for (ManagedPostgres server : servers.values()) {
            server.kill();
            server.close();
        }
        new DurableFiles(USER).deleteTree(root);
    }
}
