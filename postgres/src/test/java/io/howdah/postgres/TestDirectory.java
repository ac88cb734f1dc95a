package io.howdah.postgres;

import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.NullMarked;

/// A directory of one test, which the user that runs PostgreSQL can reach; on its end every server
/// in it is killed and it is deleted.
@NullMarked
final class TestDirectory implements AutoCloseable {

    static final Duration GENEROUS = Duration.ofSeconds(60);

    private static final Map<Installation, Path> TEMPLATES = new ConcurrentHashMap<>();

    private final Path root;

    TestDirectory() {
        try {
            root = Files.createTempDirectory("howdah-test").toRealPath();
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return root;
    }

    DataDirectory data(String name) {
        return new DataDirectory(root.resolve(name), TestInstallations.USER);
    }

    /// A new database.
    DataDirectory initialised(String name, Installation installation) {
        DataDirectory data = data(name);
        copy(TEMPLATES.computeIfAbsent(installation, TestDirectory::template), data.path());
        TestInstallations.USER.ownTree(data.path());
        data.writeConfiguration(
                ServerSettings.forMachine(
                        new Machine(1L << 30, 2),
                        installation.version().major(),
                        installation::hasLibrary),
                access().closed(),
                access().ident());
        return data;
    }

    /// initdb takes seconds where the disk is slow: it runs once for each installation.
    private static Path template(Installation installation) {
        TestDirectory directory = new TestDirectory();
        Runtime.getRuntime().addShutdownHook(new Thread(directory::close, "remove template"));
        DataDirectory data = directory.data("template");
        new InitDb(installation).run(data);
        return data.path();
    }

    static void copy(Path from, Path to) {
        try (var paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(
                        path,
                        to.resolve(from.relativize(path).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static HostBasedAccess access() {
        return new HostBasedAccess(
                List.of(),
                Set.of(),
                false,
                List.of(OperatingSystemUser.ourselves().name(), TestInstallations.USER.name()),
                List.of());
    }

    ServerLaunch launch(Installation installation, DataDirectory data, int port) {
        return new ServerLaunch(
                installation,
                data,
                port,
                List.of("127.0.0.1"),
                SocketDirectory.prepare(root.resolve("socket"), TestInstallations.USER),
                ServerSettings.forCommandLine(),
                Map.of(),
                log(data));
    }

    Path log(DataDirectory data) {
        return root.resolve(data.path().getFileName() + ".log");
    }

    PostgresServer started(Installation installation, DataDirectory data) {
        PostgresServer server = PostgresServer.start(launch(installation, data, FreePorts.one()));
        if (!server.awaitReady(GENEROUS)) {
            throw new AssertionError("not ready: " + server);
        }
        return server;
    }

    @Override
    public void close() {
        try (var children = Files.list(root)) {
            for (Path child : children.toList()) {
                new ServerProcesses(new DataDirectory(child, TestInstallations.USER))
                        .killAll(GENEROUS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        new DurableFiles(TestInstallations.USER).deleteTree(root);
    }
}
