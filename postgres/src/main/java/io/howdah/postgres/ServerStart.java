package io.howdah.postgres;

import io.howdah.postgres.process.ProcessGrip;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/// One start of a server: what can be known to fail is found before, and told in our words.
///
/// @param launch what to start
record ServerStart(ServerLaunch launch) {

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long LOOK_AGAIN_NANOS = 2_000_000;

    PostgresServer run() {
        requireRightVersion();
        requireNotRunning();
        launch.listenAddresses().forEach(this::requireFreePort);
        ServerLog log = openLog();
        dropUnsafeAlterSystem();
        Process process = spawn();
        ProcessGrip grip =
                ProcessGrip.on(process.pid())
                        .orElseThrow(() ->
                                StartFailure.explain(
                                        launch.data().path(), launch.port(), log.news()));
        awaitUnderWay(process, grip, log);
        return new PostgresServer(launch.data(), log, grip, launch.port());
    }

    private void requireRightVersion() {
        int found = launch.data().majorVersion();
        int ours = launch.installation().version().major();
        if (found != ours) {
            throw new PostgresException(
                    launch.data()
                            + " was made by PostgreSQL "
                            + found
                            + ", this is "
                            + launch.installation(),
                    "set postgres.installation to a PostgreSQL "
                            + found
                            + ", or use another directory");
        }
    }

    private void requireNotRunning() {
        List<Long> running = new ServerProcesses(launch.data()).running();
        if (!running.isEmpty()) {
            throw new PostgresException(
                    "PostgreSQL already runs in " + launch.data() + ": processes " + running,
                    "stop it, or adopt it");
        }
        // Its number may belong to somebody else by now, which PostgreSQL would take for a server.
        if (PostmasterFile.read(launch.data().path()).isPresent()) {
            new DurableFiles(launch.data().owner())
                    .delete(PostmasterFile.path(launch.data().path()));
        }
        removeStaleSocketLock();
    }

    /// The lock beside the socket names the former postmaster. PostgreSQL takes it for alive as
    /// long as init has not reaped it, or when its number belongs to somebody else by now.
    private void removeStaleSocketLock() {
        Path lock = launch.socketDirectory().resolve(".s.PGSQL." + launch.port() + ".lock");
        try {
            List<String> lines = Files.readAllLines(lock, StandardCharsets.UTF_8);
            if (lines.size() > 1 && lines.get(1).strip().equals(launch.data().path().toString())) {
                Files.delete(lock);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove the stale lock " + lock, e);
        }
    }

    private void requireFreePort(String address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(
                    address.equals("*")
                            ? new InetSocketAddress(launch.port())
                            : new InetSocketAddress(InetAddress.getByName(address), launch.port()));
        } catch (BindException e) {
            throw StartFailure.portTaken(address, launch.port(), e);
        } catch (IOException e) {
            throw new PostgresException(
                    "cannot listen on " + address + ": " + e.getMessage(),
                    "name an address of this machine as the host of this node",
                    e);
        }
    }

    private ServerLog openLog() {
        Path file = launch.logFile();
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            if (!Files.exists(file)) {
                Files.createFile(
                        file,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
                launch.data().owner().own(file);
            }
            return ServerLog.atEnd(file);
        } catch (IOException e) {
            throw new PostgresException(
                    "cannot write PostgreSQL's log " + file + ": " + e.getMessage(),
                    "check the directory's owner and the space on its disk",
                    e);
        }
    }

    private void dropUnsafeAlterSystem() {
        List<String> dropped = launch.data().dropUnsafeAlterSystem();
        if (dropped.isEmpty()) {
            return;
        }
        try {
            Files.writeString(
                    launch.logFile(),
                    "howdah: took out of postgresql.auto.conf, as safety rests on them: "
                            + String.join(", ", dropped)
                            + "\n",
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + launch.logFile(), e);
        }
    }

    private Process spawn() {
        ProcessBuilder builder =
                new ProcessBuilder(launch.data().owner().command(arguments()))
                        .directory(Path.of("/").toFile())
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(launch.logFile().toFile()));
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", OperatingSystemUser.PATH);
        environment.put("LANG", "C");
        // the postmaster inherits what spares the agent from the out-of-memory killer; its sessions
        // are to go first (PostgreSQL's "Linux Memory Overcommit")
        environment.put("PG_OOM_ADJUST_FILE", "/proc/self/oom_score_adj");
        environment.put("PG_OOM_ADJUST_VALUE", "0");
        environment.putAll(launch.environment());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new PostgresException(
                    "cannot run PostgreSQL: " + e.getMessage(),
                    "check that setsid and setpriv (util-linux) are installed",
                    e);
        }
    }

    /// A session of its own: Ctrl-C in our terminal does not reach it.
    private List<String> arguments() {
        Map<String, String> parameters = new TreeMap<>(launch.parameters());
        parameters.put("port", Integer.toString(launch.port()));
        parameters.put("listen_addresses", String.join(",", launch.listenAddresses()));
        parameters.put("unix_socket_directories", launch.socketDirectory().toString());
        List<String> arguments = new ArrayList<>();
        arguments.add("setsid");
        arguments.add(launch.installation().requireTool("postgres").toString());
        arguments.add("-D");
        arguments.add(launch.data().toString());
        parameters.forEach((name, value) -> {
            arguments.add("-c");
            arguments.add(name + "=" + value);
        });
        return arguments;
    }

    private void awaitUnderWay(Process process, ProcessGrip grip, ServerLog log) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            Optional<PostmasterFile> file =
                    PostmasterFile.read(launch.data().path())
                            .filter(each -> each.pid() == process.pid());
            if (file.isPresent() && !file.get().status().isEmpty()) {
                return;
            }
            if (!grip.isAlive()) {
                grip.close();
                throw StartFailure.explain(launch.data().path(), launch.port(), log.news());
            }
            if (System.nanoTime() - end >= 0) {
                new ServerProcesses(launch.data()).killAll(DEADLINE);
                grip.close();
                throw new PostgresException(
                        "PostgreSQL in "
                                + launch.data()
                                + " was not under way within "
                                + DEADLINE.toSeconds()
                                + " s",
                        "look at its log " + launch.logFile() + " and at the machine's load");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
