package io.howdah.cli.demo;

import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.MemberRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Stops a demo: the replicas, then the primary, each by SIGTERM, which means: stop PostgreSQL in
/// order and leave. Whatever does not leave in time is killed, and a PostgreSQL that is left behind
/// is stopped by itself.
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
        Map<String, ProcessMark> processes = directory.read().processes();
        var replicas = new ArrayList<Integer>();
        var primaries = new ArrayList<Integer>();
        for (int i = 1; i <= settings.nodes(); i++) {
            ProcessMark process = processes.get("n" + i);
            boolean runs = process != null && process.runs();
            (runs && isPrimary(i) ? primaries : replicas).add(i);
        }
        stop(replicas, processes);
        stop(primaries, processes);
    }

    private boolean isPrimary(int node) {
        try {
            return ApiClient.of(settings.apiUrls().get(node - 1)).node().role()
                    == MemberRole.PRIMARY;
        } catch (ApiException e) {
            return false;
        }
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
