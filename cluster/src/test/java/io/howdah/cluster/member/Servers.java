package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Real servers of one test, driven as an agent drives its own, but without one: the test plays the
/// rules. Ended and deleted on `close`. For one thread.
final class Servers implements AutoCloseable {

    private static final OperatingSystemUser USER = OperatingSystemUser.forPostgres();

    private final Installation installation;
    private final Path root;
    private final Map<NodeName, ManagedPostgres> servers = new HashMap<>();
    private final Map<NodeName, Integer> ports = new HashMap<>();

    Servers(Installation installation) {
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
        return Stream.concat(
                installations.installed().stream(), Stream.of(installations.embedded()));
    }

    /// A node's PostgreSQL; the first call makes it.
    ManagedPostgres of(NodeName node) {
        return servers.computeIfAbsent(
                node,
                name -> {
                    int port = FreePorts.one();
                    ports.put(name, port);
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

    Path walDirectory(NodeName node) {
        return root.resolve(node.value()).resolve("data").resolve("pg_wal");
    }

    Upstream upstream(NodeName leader, Epoch epoch) {
        of(leader);
        Integer port = ports.get(leader);
        if (port == null) {
            throw new IllegalStateException("no port for " + leader);
        }
        return new Upstream(leader, epoch, "127.0.0.1", port);
    }

    /// A new primary on timeline 1.
    void primary(NodeName node) {
        of(node).initialise();
        of(node).startPrimary();
        of(node).initialisationAnnounced();
    }

    /// A standby that is copied from `leader` and streams from it.
    void standby(NodeName node, Upstream leader) {
        of(node).copy(leader);
        attach(node, leader);
    }

    /// Starts what lies there as a standby and lets it stream from `leader`.
    void attach(NodeName node, Upstream leader) {
        of(node).startStandby(Optional.empty());
        awaitPosition(node);
        of(node).follow(leader);
        Await.until(
                node + " streams",
                () -> of(node).status() instanceof LocalStatus.Standby s && s.receiving());
    }

    /// How far a standby's WAL reaches, once it knows.
    Position awaitPosition(NodeName node) {
        Await.until(
                node + " has read its WAL to the end",
                () ->
                        of(node).status() instanceof LocalStatus.Standby s
                                && s.position().isPresent());
        return position(node);
    }

    Position position(NodeName node) {
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
