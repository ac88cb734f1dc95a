package io.howdah.postgres.wire;

import io.howdah.postgres.Installation;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A real server of a test's own, in a directory of its own.
final class TestServer implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Installation installation;
    private final Path home;
    private final Path data;
    private final int port;
    private @Nullable Process process;

    private TestServer(Installation installation, Path home, Path data, int port) {
        this.installation = installation;
        this.home = home;
        this.data = data;
        this.port = port;
    }

    /// A new server, with lines for its `pg_hba.conf` that come before those that trust everyone.
    static TestServer start(Installation installation, String... accessLines) {
        Path home = TestFiles.newDirectory();
        Path data = home.resolve("data");
        TestServer server = new TestServer(installation, home, data, FreePorts.one());
        TestFiles.run(
                TestFiles.USER.command(
                        List.of(
                                installation.binDirectory().resolve("initdb").toString(),
                                "--pgdata=" + data,
                                "--username=postgres",
                                "--encoding=UTF8",
                                "--locale=C",
                                "--auth=trust",
                                "--data-checksums",
                                "--no-sync")));
        try {
            Path access = data.resolve("pg_hba.conf");
            String trusting = Files.readString(access);
            Files.writeString(access, String.join("\n", accessLines) + "\n" + trusting);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.run();
        return server;
    }

    /// A server on a copy, which must lie in a directory of `TestFiles`.
    static TestServer startOn(Installation installation, Path data, String... settings) {
        Path home = data.getParent();
        if (home == null) {
            throw new IllegalArgumentException(data + " has no parent");
        }
        try {
            Files.writeString(
                    data.resolve("postgresql.auto.conf"),
                    String.join("\n", settings) + "\n",
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        TestFiles.USER.ownTree(home);
        TestServer server = new TestServer(installation, home, data, FreePorts.one());
        server.run();
        return server;
    }

    ConnectionSettings bySocket() {
        return ConnectionSettings.of(new ServerAddress.UnixSocket(home, port), "postgres");
    }

    ConnectionSettings byTcp(String user) {
        return ConnectionSettings.of(new ServerAddress.Tcp("127.0.0.1", port), user);
    }

    PostgresConnection connect() {
        return PostgresConnection.open(bySocket());
    }

    ReplicationConnection connectForReplication() {
        return ReplicationConnection.open(bySocket());
    }

    Path home() {
        return home;
    }

    /// Kills the postmaster as `kill -9` does.
    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().orTimeout(60, TimeUnit.SECONDS).join();
        }
    }

    @Override
    public void close() {
        Process running = process;
        try {
            if (running != null) {
                // SIGINT is not to be had here; SIGTERM waits for clients, so they are closed
                // first.
                stop(running);
            }
        } finally {
            TestFiles.delete(home);
        }
    }

    private void stop(Process running) {
        try {
            if (running.isAlive()) {
                TestFiles.run(
                        TestFiles.USER.command(
                                List.of(
                                        installation.binDirectory().resolve("pg_ctl").toString(),
                                        "stop",
                                        "--pgdata=" + data,
                                        "--mode=immediate",
                                        "--wait")));
            }
            running.waitFor(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Path log = home.resolve("server.log");
        List<String> command = new ArrayList<>();
        command.add(installation.binDirectory().resolve("postgres").toString());
        command.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port)));
        for (String setting :
                List.of(
                        "unix_socket_directories=" + home,
                        "listen_addresses=127.0.0.1",
                        "fsync=off",
                        "allow_in_place_tablespaces=on",
                        "shared_buffers=16MB",
                        "max_connections=20")) {
            command.addAll(List.of("-c", setting));
        }
        try {
            process =
                    new ProcessBuilder(TestFiles.USER.command(command))
                            .directory(home.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            awaitReady(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady(Path log) throws IOException {
        long startNanos = System.nanoTime();
        while (true) {
            try (PostgresConnection connection = connect()) {
                connection.query("select 1");
                return;
            } catch (ConnectionFailedException | PostgresServerException e) {
                Process running = process;
                if (running == null
                        || !running.isAlive()
                        || System.nanoTime() - startNanos > START_LIMIT.toNanos()) {
                    throw new IllegalStateException(Files.readString(log), e);
                }
                Thread.onSpinWait();
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
