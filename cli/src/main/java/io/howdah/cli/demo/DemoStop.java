package io.howdah.cli.demo;

import io.howdah.cli.screen.CommandFailure;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Stops a demo from outside: asks its supervisor to, or does it itself where that has died.
public final class DemoStop {

    /// Longer than an orderly stop may take.
    private static final long SUPERVISOR_SECONDS = 150;

    private final DemoDirectory directory;
    private final Consumer<String> events;

    /// @param events told what happens, a line each
    public DemoStop(DemoDirectory directory, Consumer<String> events) {
        this.directory = directory;
        this.events = events;
    }

    /// Returns when nothing of the demo runs any more.
    ///
    /// @return whether anything ran
    /// @throws CommandFailure when there is no demo, or its supervisor does not end
    public boolean stop() throws InterruptedException {
        DemoRecord demo = directory.read();
        boolean watched = directory.lock().isHeld();
        boolean ran = watched || isRunning(demo);
        ProcessMark supervisor = demo.supervisor();
        if (watched && supervisor != null && supervisor.runs()) {
            events.accept("asking the demo to stop (pid " + supervisor.pid() + ")");
            supervisor.handle().ifPresent(ProcessHandle::destroy);
            awaitEnd(supervisor);
        }
        // What an earlier supervisor left behind; nothing, when the one above has done its work.
        new OrderlyStop(directory, demo.settings(), events).stop();
        return ran;
    }

    /// Whether a node of the demo, its proxy or its PostgreSQL, runs.
    private static boolean isRunning(DemoRecord demo) {
        DemoSettings settings = demo.settings();
        return demo.processes().values().stream().anyMatch(ProcessMark::runs)
                || settings.nodeNames().stream()
                        .map(settings.nodesDirectory()::resolve)
                        .anyMatch(node ->
                                !LeftoverBeside.in(node).isEmpty()
                                        || !LeftoverPostgres.in(node).isEmpty());
    }

    private static void awaitEnd(ProcessMark supervisor) throws InterruptedException {
        for (long tenth = 0; tenth < SUPERVISOR_SECONDS * 10 && supervisor.runs(); tenth++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        if (supervisor.runs()) {
            throw CommandFailure.failed(
                    "the demo (pid "
                            + supervisor.pid()
                            + ") has not stopped within "
                            + SUPERVISOR_SECONDS
                            + " s",
                    "look at its log; kill -9 "
                            + supervisor.pid()
                            + " and run `howdah demo stop` again as a last resort");
        }
    }
}
