package io.howdah.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Stops a demo: asks every node at once, by SIGTERM, which means: stop PostgreSQL in order and
/// leave. At once, as a primary whose replicas left before it would have no majority to keep its
/// lease with, and as replicas that stay behind would elect another. Whatever does not leave in
/// time is killed, and a PostgreSQL that is left behind is stopped by itself. In the end the hosts
/// are taken down, where the demo has some.
final class OrderlyStop {

    private static final long LEAVE_SECONDS = 40;

    private final DemoDirectory directory;
    private final DemoSettings settings;
    private final Consumer<String> events;

    OrderlyStop(DemoDirectory directory, DemoSettings settings, Consumer<String> events) {
        this.directory = directory;
        this.settings = settings;
        this.events = events;
    }

    /// Returns when all processes of the demo are gone, after at most about two minutes.
    void stop() throws InterruptedException {
        stop(
                IntStream.rangeClosed(1, settings.nodes()).boxed().toList(),
                directory.read().processes());
        settings.hosts().ifPresent(hosts -> hosts.down(events));
    }

    private void stop(List<Integer> nodes, Map<String, ProcessMark> processes)
            throws InterruptedException {
        var asked = new ArrayList<ProcessMark>();
        for (int node : nodes) {
            ProcessMark process = processes.get("n" + node);
            if (process != null && process.runs()) {
                events.accept("stopping n" + node);
                process.handle().ifPresent(ProcessHandle::destroy);
                asked.add(process);
            }
        }
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LEAVE_SECONDS);
        for (ProcessMark process : asked) {
            awaitEnd(process, deadlineNanos);
        }
        for (int node : nodes) {
            for (LeftoverBeside beside : LeftoverBeside.in(settings.nodeDirectory(node))) {
                events.accept(
                        "stopping the "
                                + beside.files().name()
                                + " that n"
                                + node
                                + " left behind (pid "
                                + beside.pid()
                                + ")");
                beside.stop();
            }
            for (LeftoverPostgres postgres : LeftoverPostgres.in(settings.nodeDirectory(node))) {
                events.accept(
                        "stopping the PostgreSQL that n"
                                + node
                                + " left behind (pid "
                                + postgres.postmaster().pid()
                                + ")");
                if (!postgres.stop()) {
                    events.accept(
                            "the PostgreSQL of n"
                                    + node
                                    + " (pid "
                                    + postgres.postmaster().pid()
                                    + ") does not stop");
                }
            }
        }
    }

    private void awaitEnd(ProcessMark process, long deadlineNanos) throws InterruptedException {
        while (process.runs() && System.nanoTime() < deadlineNanos) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        if (process.runs()) {
            events.accept(
                    "process "
                            + process.pid()
                            + " did not leave within "
                            + LEAVE_SECONDS
                            + " s: killing it");
            process.handle().ifPresent(ProcessHandle::destroyForcibly);
            for (int i = 0; i < 100 && process.runs(); i++) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }
}
