package io.howdah.cluster.member;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DirectoryHold;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.process.ProcessTable;
import io.howdah.postgres.wire.WireException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The postmaster of this node's data directory: started by this agent, or found running and
/// adopted. One thread, but for `kill`, `kills` and `pid`, which any may call.
final class HeldServer {

    /// Something that may have an answer by now.
    interface Probe<T> {
        Optional<T> look();
    }

    private static final Duration KILL_DEADLINE = Duration.ofSeconds(10);
    private static final Duration RECEIVERS_DEADLINE = Duration.ofSeconds(2);
    private static final Duration READY_DEADLINE = Duration.ofMinutes(10);
    private static final Duration READY_LOOK = Duration.ofMillis(200);
    private static final Duration POLL = Duration.ofMillis(2);

    /// The first time after which a startup process that is waited for is woken; each next is twice
    /// as long.
    private static final Duration WAKE = Duration.ofMillis(10);

    /// Longer than a server that ends at the same record again and again may take from one end to
    /// the next.
    private static final Duration SAID_FOR = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(HeldServer.class);

    private final DataDirectory data;
    private final Path log;
    private final String argument;
    private final Map<String, String> environment;
    private final Runnable onDeath;
    private final Runnable onGone;
    private final AtomicLong kills = new AtomicLong();
    private final DirectoryHold directory = new DirectoryHold();
    private volatile @Nullable PostgresServer server;
    private String complaint = "";
    private long complaintAtNanos;
    private boolean standbyOfOurs;

    /// @param log where the server writes
    /// @param argument what the command line of a server of ours has in it: one that somebody else
    ///   started listens elsewhere and goes by another configuration, so it is none to adopt
    /// @param environment what a server of ours was started with
    /// @param onDeath called on a thread of its own as soon as the postmaster has ended
    /// @param onGone called by whoever finds or makes it ended: what was open to it is of no use
    HeldServer(
            DataDirectory data,
            Path log,
            String argument,
            Map<String, String> environment,
            Runnable onDeath,
            Runnable onGone) {
        this.data = data;
        this.log = log;
        this.argument = argument;
        this.environment = Map.copyOf(environment);
        this.onDeath = onDeath;
        this.onGone = onGone;
    }

    /// The postmaster's process number; empty while none runs.
    OptionalLong pid() {
        PostgresServer held = server;
        return held != null && held.isAlive() ? OptionalLong.of(held.pid()) : OptionalLong.empty();
    }

    /// Whether a postmaster of ours runs. One that was left by an agent before us is adopted.
    boolean isRunning() {
        return running() != null;
    }

    private @Nullable PostgresServer running() {
        PostgresServer held = server;
        if (held == null) {
            standbyOfOurs = false;
            held = PostgresServer.adopt(data, log, argument, environment).orElse(null);
            if (held != null) {
                LOG.info("adopted the running PostgreSQL, process {}", held.pid());
                hold(held);
            }
        }
        if (held != null && !held.isAlive()) {
            held.replayFailure()
                    .map(why ->
                            why.reason()
                                    + "\nHINT: "
                                    + why.hint()
                                            .orElse(
                                                    "its log says more; a fresh copy may help:"
                                                            + " `howdah reinit`"))
                    .ifPresent(this::complain);
            gone();
            return null;
        }
        return held;
    }

    /// Takes a server that was just started.
    void hold(PostgresServer started) {
        server = started;
        directory.release();
        directory.take(started.pid(), data.path());
        var _ = started.death().thenRun(onDeath);
    }

    private void complain(String why) {
        if (!why.equals(complaint)) {
            LOG.warn("{}", why);
        }
        complaint = why;
        complaintAtNanos = System.nanoTime();
    }

    /// Why its replay of WAL has ended it a moment ago; empty when it has not.
    Optional<String> complaint() {
        if (System.nanoTime() - complaintAtNanos > SAID_FOR.toNanos()) {
            complaint = "";
        }
        return complaint.isEmpty() ? Optional.empty() : Optional.of(complaint);
    }

    private void gone() {
        server = null;
        onGone.run();
    }

    /// It was started as a standby, and nobody has promoted it since.
    void becameStandby() {
        standbyOfOurs = true;
    }

    /// From here on it may accept writes.
    void mayBecomePrimary() {
        standbyOfOurs = false;
    }

    /// Whether it is a standby for certain, also while it does not answer.
    boolean isStandbyOfOurs() {
        return standbyOfOurs;
    }

    /// Whether any process works in the data directory, be its postmaster alive or not.
    boolean hasProcesses() {
        boolean any = !processes().running().isEmpty();
        if (!any && server == null) {
            directory.release();
        }
        return any;
    }

    private ServerProcesses processes() {
        return new ServerProcesses(data, directory);
    }

    /// Whether one of ours runs, or what is left of one, but the path leads to its directory no
    /// more: that was moved, or something was mounted over it.
    boolean runsElsewhere() {
        if (server == null) {
            findMoved();
        }
        if (!directory.isElsewhereThan(data.path())) {
            return false;
        }
        boolean any =
                !ProcessTable.serverProcessesIn(
                                directory.identity().stream().toList(), data.owner().uid())
                        .isEmpty();
        if (!any) {
            directory.release();
        }
        return any;
    }

    /// One that an agent before us has left, whose directory was moved since. One that is just
    /// being started does not work in a database yet.
    private void findMoved() {
        ProcessTable.postmastersWith(argument).stream()
                .map(ProcessTable::workingDirectory)
                .filter(works -> Files.exists(works.resolve("PG_VERSION")))
                .forEach(directory::take);
    }

    /// Whether it says itself that it does not take connections yet.
    boolean isStarting() {
        PostgresServer held = server;
        return held != null && held.status() == PostgresServer.Status.STARTING;
    }

    void reload() {
        PostgresServer held = server;
        if (held == null) {
            throw new IllegalStateException("PostgreSQL does not run");
        }
        held.reload();
    }

    /// See `LocalPostgres.kill`.
    void kill() {
        kills.incrementAndGet();
        processes().killAll(KILL_DEADLINE);
        // to read every process' arguments may take its time: one that is stuck holds them back
        findMoved();
        processes().killAll(KILL_DEADLINE);
        gone();
    }

    /// Kills also what an earlier agent's `pg_rewind` may still do to the data directory.
    void killWithTools() {
        processes().killAllWithTools(KILL_DEADLINE);
        kill();
    }

    /// How often it was killed: a start that finds another number than before was fenced.
    long kills() {
        return kills.get();
    }

    /// A fast shutdown. Whatever is left of it then is killed.
    void stop(Duration deadline) {
        PostgresServer held = running();
        if (held != null) {
            held.stop(PostgresServer.StopMode.FAST, deadline);
        }
        gone();
        if (hasProcesses()) {
            kill();
        }
    }

    /// See `ServerProcesses.wakeStartup`.
    void wakeStartup() {
        processes().wakeStartup();
    }

    /// Ends every WAL receiver that is there: see `ServerProcesses.endWalReceivers`.
    ///
    /// @throws PostgresException when one does not end
    void endWalReceivers() {
        processes().endWalReceivers(RECEIVERS_DEADLINE);
    }

    /// A fence that found no process yet, as the postmaster was just being started, must hold all
    /// the same.
    ///
    /// @param killsBefore `kills` before the start
    void awaitReadyUnlessKilled(long killsBefore) {
        long end = System.nanoTime() + READY_DEADLINE.toNanos();
        while (System.nanoTime() < end) {
            PostgresServer started = server;
            if (kills.get() != killsBefore || started == null) {
                kill();
                throw new PostgresException(
                        "PostgreSQL was ended while it started",
                        "the lease was lost; nothing to do");
            }
            if (started.awaitReady(READY_LOOK)) {
                return;
            }
        }
    }

    /// As below, for one question.
    <T> T await(String what, Duration deadline, Probe<T> probe) {
        return await(what, deadline, probe, new Waking());
    }

    /// Looks every few milliseconds until there is an answer, and wakes the startup process in
    /// between. An error that passes (it starts, it stops a session, it is too busy to answer at
    /// once) is not the end.
    <T> T await(String what, Duration deadline, Probe<T> probe, Waking waking) {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            String last = "";
            try {
                Optional<T> answer = probe.look();
                if (answer.isPresent()) {
                    return answer.get();
                }
            } catch (WireException | UncertainTimelineException e) {
                last = ": " + e.getMessage();
            }
            PostgresServer held = server;
            if (held == null || !held.isAlive()) {
                throw new PostgresException(what + ": PostgreSQL has ended", "look at " + log);
            }
            if (System.nanoTime() > end) {
                throw new PostgresException(
                        what + " took longer than " + deadline.toSeconds() + " s" + last,
                        "look at " + log);
            }
            waking.wakeWhenDue();
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /// Has the startup process look again instead of resting, at longer and longer intervals.
    ///
    /// One that has asked for a WAL receiver which is not there yet takes note of a request to be
    /// promoted, and sleeps for all of `wal_retrieve_retry_interval` before it acts on it
    /// (PostgreSQL's `WaitForWALToBecomeAvailable`); nor does it replay meanwhile what lies there
    /// on a newer timeline.
    final class Waking {
        private long pauseNanos = WAKE.toNanos();
        private long dueNanos = System.nanoTime() + pauseNanos;

        private void wakeWhenDue() {
            if (System.nanoTime() - dueNanos >= 0) {
                wakeStartup();
                pauseNanos *= 2;
                dueNanos = System.nanoTime() + pauseNanos;
            }
        }
    }
}
