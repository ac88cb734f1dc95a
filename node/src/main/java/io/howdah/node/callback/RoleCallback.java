package io.howdah.node.callback;

import io.howdah.postgres.process.Priority;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a program at each change of role, one at a time, on a thread of its own. The newest role
/// wins: roles that came and went while the program ran are never told, and a run that a newer role
/// has overtaken has a few seconds left. `told` returns at once; what the program does, or how it
/// ends, delays and decides nothing. Thread-safe.
public final class RoleCallback implements AutoCloseable {

    /// How long a run may take.
    static final Duration RUN = Duration.ofSeconds(60);

    /// How long a run may go on when its role is not the newest any more.
    static final Duration OVERTAKEN = Duration.ofSeconds(5);

    /// How long the end of the node waits for the last run.
    private static final Duration LAST = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int OUTPUT_LINES_MAXIMUM = 200;
    private static final Logger LOG = LoggerFactory.getLogger(RoleCallback.class);

    private final List<String> program;
    private final String cluster;
    private final String node;
    private final Thread thread;
    private final Object lock = new Object();
    private @Nullable RoleChange newest;
    private RoleChange.@Nullable Role current;
    private boolean toldInPart;
    private boolean closing;

    /// @param program the program and its own arguments; the role, the cluster, the node, the epoch
    ///   and the timeline follow them
    /// @param cluster the cluster's name
    /// @param node this node's name
    public RoleCallback(List<String> program, String cluster, String node) {
        this.program = List.copyOf(program);
        this.cluster = cluster;
        this.node = node;
        this.thread = Thread.ofVirtual().name("role-callback").unstarted(this::work);
    }

    /// Starts the thread; called once.
    public void start() {
        thread.start();
    }

    /// What the node is now. The same role as before is no change.
    public void told(RoleChange change) {
        synchronized (lock) {
            RoleChange waiting = newest;
            RoleChange.Role last = waiting == null ? current : waiting.role();
            boolean neverRan = last == null && change.role() == RoleChange.Role.STOPPED;
            if (change.role() != last && !neverRan) {
                newest = change;
                lock.notifyAll();
            }
        }
    }

    private void work() {
        try {
            while (true) {
                RoleChange next = take();
                if (next == null) {
                    return;
                }
                run(next);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable RoleChange take() throws InterruptedException {
        synchronized (lock) {
            while (true) {
                RoleChange next = newest;
                newest = null;
                if (next != null && (next.role() != current || toldInPart)) {
                    current = next.role();
                    toldInPart = false;
                    return next;
                }
                if (closing) {
                    return null;
                }
                lock.wait();
            }
        }
    }

    private boolean isOvertaken() {
        synchronized (lock) {
            return newest != null;
        }
    }

    private void run(RoleChange change) throws InterruptedException {
        String what = "callback " + program.getFirst() + " " + change.role().text();
        LOG.info("{}", what);
        Process process;
        try {
            process = start(change);
        } catch (IOException e) {
            LOG.warn("{} could not be started: {}", what, e.getMessage());
            return;
        }
        Thread.ofVirtual().name("role-callback-output").start(() -> log(process));
        try {
            awaitEnd(process, what);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private Process start(RoleChange change) throws IOException {
        var command = new ArrayList<>(program);
        String epoch = Long.toString(change.epoch());
        String timeline = Long.toString(change.timeline());
        command.addAll(List.of(change.role().text(), cluster, node, epoch, timeline));
        ProcessBuilder builder =
                new ProcessBuilder(Priority.usual(command))
                        .directory(Path.of("/").toFile())
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectErrorStream(true);
        builder.environment()
                .putAll(
                        Map.of(
                                "HOWDAH_ROLE", change.role().text(),
                                "HOWDAH_CLUSTER", cluster,
                                "HOWDAH_NODE", node,
                                "HOWDAH_EPOCH", epoch,
                                "HOWDAH_TIMELINE", timeline));
        return builder.start();
    }

    private void awaitEnd(Process process, String what) throws InterruptedException {
        long end = System.nanoTime() + RUN.toNanos();
        boolean overtaken = false;
        while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            if (!overtaken && isOvertaken()) {
                overtaken = true;
                end = Math.min(end, System.nanoTime() + OVERTAKEN.toNanos());
            }
            if (System.nanoTime() > end) {
                if (overtaken) {
                    noteToldInPart();
                }
                LOG.warn(
                        "{} was ended: {}",
                        what,
                        overtaken
                                ? "the role has changed again"
                                : "it took longer than " + RUN.toSeconds() + " s");
                return;
            }
        }
        if (process.exitValue() == 0) {
            LOG.info("{} is done", what);
        } else {
            LOG.warn("{} ended with {}", what, process.exitValue());
        }
    }

    /// The program may not have come to its end with this role: should the node be that again, it
    /// is told again.
    private void noteToldInPart() {
        synchronized (lock) {
            toldInPart = true;
        }
    }

    private static void log(Process process) {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            int lines = 0;
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines++;
                if (lines <= OUTPUT_LINES_MAXIMUM) {
                    LOG.info("callback says: {}", line);
                }
            }
        } catch (IOException e) {
            LOG.debug("the callback's output ended: {}", e.getMessage());
        }
    }

    /// Lets the last role be told, within some seconds, and ends what runs then.
    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
            lock.notifyAll();
        }
        try {
            if (!thread.join(LAST)) {
                thread.interrupt();
                thread.join(LOOK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
