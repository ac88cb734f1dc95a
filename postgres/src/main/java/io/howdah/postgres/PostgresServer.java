package io.howdah.postgres;

import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.ProcessTable;
import io.howdah.postgres.process.Signal;
import io.howdah.postgres.wire.ServerAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/// A handle on a running server: one postmaster and its children in one data directory. The server
/// outlives this program; [#adopt] finds it again. Takes a thread and an open file until that
/// postmaster has ended: who only wants to talk to it asks [#localAddress]. Thread-safe.
public final class PostgresServer {

    /// How a server is stopped.
    public enum StopMode {
        /// Sessions are ended, a checkpoint is written: nothing is left to replay.
        FAST,
        /// At once, without a checkpoint: the next start replays WAL. What does not end by itself
        /// in half of the time is killed.
        IMMEDIATE
    }

    /// What the server says of itself.
    public enum Status {
        /// Replaying what it needs before it can be talked to.
        STARTING,
        /// Takes connections (a standby read-only ones).
        READY,
        /// On its way down.
        STOPPING,
        /// The postmaster is gone.
        GONE
    }

    private static final long LOOK_AGAIN_NANOS = 2_000_000;
    private static final Duration DEATH_ROUND = Duration.ofMinutes(1);

    private final DataDirectory data;
    private final ServerLog log;
    private final ProcessGrip grip;
    private final int port;
    private final CompletableFuture<Void> death = new CompletableFuture<>();

    PostgresServer(DataDirectory data, ServerLog log, ProcessGrip grip, int port) {
        this.data = data;
        this.log = log;
        this.grip = grip;
        this.port = port;
        Thread.ofPlatform().name("postgres-death-" + grip.pid()).daemon().start(this::watch);
    }

    /// Starts a server and returns when it has taken its port, its sockets and its memory; it may
    /// still have WAL to replay ([#awaitReady]).
    ///
    /// @throws PostgresException when it does not start, with what its log says as the reason
    public static PostgresServer start(ServerLaunch launch) {
        return new ServerStart(launch).run();
    }

    /// Why its replay of WAL has ended it; empty when it runs, or ended for another reason.
    public Optional<ReplayFailure> replayFailure() {
        return isAlive() ? Optional.empty() : ReplayFailure.of(log.news());
    }

    /// Takes over a server that runs already: the postmaster named in `postmaster.pid`, when it
    /// really is one and works in this directory.
    ///
    /// @param logFile where it writes its log; read when it dies while it starts
    /// @return empty when none runs here
    /// @throws PostgresException when the kernel hides from us where it works
    public static Optional<PostgresServer> adopt(DataDirectory data, Path logFile) {
        return adopt(data, logFile, "");
    }

    /// As above, but only a server that was started with a certain argument.
    ///
    /// @param argument a part of its command line; empty for any
    /// @return empty when none runs here, or one that was started otherwise
    public static Optional<PostgresServer> adopt(
            DataDirectory data, Path logFile, String argument) {
        return adopt(data, logFile, argument, Map.of());
    }

    /// As above, but only a server that was started in a certain environment, too: `pg_ctl restart`
    /// starts one with the same arguments.
    ///
    /// @param environment variables that it has
    /// @return empty when none runs here, or one that was started otherwise
    public static Optional<PostgresServer> adopt(
            DataDirectory data, Path logFile, String argument, Map<String, String> environment) {
        Optional<PostmasterFile> file = PostmasterFile.read(data.path());
        if (file.isEmpty()) {
            return Optional.empty();
        }
        Optional<ProcessGrip> grip = ProcessGrip.on(file.get().pid());
        if (grip.isEmpty()) {
            return Optional.empty();
        }
        // Looked at only now: the grip makes sure that it is still the same process.
        long pid = grip.get().pid();
        if (isPostmaster(data, pid)
                && ProcessTable.title(pid).contains(argument)
                && environment.entrySet().stream()
                        .allMatch(variable ->
                                ProcessTable.hasVariable(
                                        pid, variable.getKey(), variable.getValue()))
                && grip.get().isAlive()) {
            return Optional.of(
                    new PostgresServer(
                            data, ServerLog.atEnd(logFile), grip.get(), file.get().port()));
        }
        grip.get().close();
        return Optional.empty();
    }

    private static boolean isPostmaster(DataDirectory data, long pid) {
        return ProcessTable.isServerIn(data.path(), pid, data.owner().uid())
                && !ProcessTable.title(pid).startsWith("postgres:");
    }

    /// Where the server that runs in a data directory takes local connections. May be asked as
    /// often as one likes: nothing is held.
    ///
    /// @return empty when none runs there, or it has no socket (yet)
    /// @throws PostgresException when the kernel hides from us where it works
    public static Optional<ServerAddress.UnixSocket> localAddress(DataDirectory data) {
        return PostmasterFile.read(data.path())
                .filter(file -> !file.socketDirectory().isEmpty())
                .filter(file -> isPostmaster(data, file.pid()))
                .map(file ->
                        new ServerAddress.UnixSocket(
                                file.socketDirectoryIn(data.path()), file.port()));
    }

    private void watch() {
        while (!grip.awaitEnd(DEATH_ROUND)) {
            Thread.onSpinWait();
        }
        grip.close();
        death.complete(null);
    }

    /// The postmaster's number.
    public long pid() {
        return grip.pid();
    }

    /// When the postmaster started, in clock ticks since the machine did; with the number, its
    /// identity.
    public long startTicks() {
        return grip.startTicks();
    }

    /// Its port.
    public int port() {
        return port;
    }

    /// Where its socket lies; empty when it has none, or is about to start.
    public Optional<Path> socketDirectory() {
        return PostmasterFile.read(data.path())
                .filter(file -> file.pid() == grip.pid() && !file.socketDirectory().isEmpty())
                .map(file -> file.socketDirectoryIn(data.path()));
    }

    /// Where its database lies.
    public DataDirectory data() {
        return data;
    }

    /// All processes of this server.
    public ServerProcesses processes() {
        return new ServerProcesses(data);
    }

    /// Completed within milliseconds after the postmaster has ended, however it did. Its children
    /// may still run: see [ServerProcesses#killAll].
    public CompletableFuture<Void> death() {
        return death.copy();
    }

    /// Whether the postmaster runs.
    public boolean isAlive() {
        return grip.isAlive();
    }

    /// What the server says of itself.
    public Status status() {
        if (!grip.isAlive()) {
            return Status.GONE;
        }
        String status =
                PostmasterFile.read(data.path())
                        .filter(file -> file.pid() == grip.pid())
                        .map(PostmasterFile::status)
                        .orElse("");
        return switch (status) {
            case "ready", "standby" -> Status.READY;
            case "stopping" -> Status.STOPPING;
            default -> Status.STARTING;
        };
    }

    /// Waits until it takes connections. A standby does so when it is consistent, which may need
    /// WAL from its primary.
    ///
    /// @return false when that time passed while it was still starting
    /// @throws PostgresException when it ended instead, with what its log says as the reason
    public boolean awaitReady(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        while (true) {
            switch (status()) {
                case READY -> {
                    return true;
                }
                case GONE -> throw StartFailure.explain(data.path(), port, log.news());
                case STARTING, STOPPING -> {
                    if (System.nanoTime() - end >= 0) {
                        return false;
                    }
                    LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                }
            }
        }
    }

    /// Makes the server read its configuration files again. They come into force a moment later.
    ///
    /// @throws PostgresException when it does not run
    public void reload() {
        if (!grip.signal(Signal.HANGUP)) {
            throw new PostgresException(
                    "the server in " + data + " (process " + pid() + ") does not run any more",
                    "start it, then reload");
        }
    }

    /// Stops the server and returns when the last of its processes has ended. Does nothing when
    /// none runs.
    ///
    /// @throws PostgresException when one still runs after that time; it goes on stopping then
    public void stop(StopMode mode, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        switch (mode) {
            case FAST -> {
                grip.signal(Signal.INTERRUPT);
                if (!awaitAllEnded(end)) {
                    throw new PostgresException(
                            "the server in "
                                    + data
                                    + " did not stop within "
                                    + deadline.toMillis()
                                    + " ms; still there: "
                                    + processes().running(),
                            "wait for it, or stop it immediately (the next start then replays"
                                    + " WAL)");
                }
            }
            case IMMEDIATE -> {
                grip.signal(Signal.QUIT);
                if (!awaitAllEnded(end - deadline.toNanos() / 2)) {
                    processes().killAll(deadline.dividedBy(2));
                }
            }
        }
    }

    private boolean awaitAllEnded(long end) {
        while (grip.isAlive() || !processes().running().isEmpty()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return true;
    }

    @Override
    public String toString() {
        return "PostgreSQL process " + pid() + " in " + data;
    }
}
