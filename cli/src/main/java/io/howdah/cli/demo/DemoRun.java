package io.howdah.cli.demo;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Progress;
import io.howdah.cli.screen.Screen;
import io.howdah.cli.screen.StatusDisplay;
import io.howdah.cli.screen.Style;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Runs a demo until it is told to end: in front of the user, or in the background.
public final class DemoRun {

    private static final long READY_SECONDS = 180;
    private static final long STOP_SECONDS = 160;

    /// Where nobody watches, changes are written down a little later: looking costs every node
    /// something.
    private static final long SECONDS_BETWEEN_LINES = 5;

    private static final long TAKE_OVER_SECONDS = 60;

    private final DemoDirectory directory;
    private final DemoSettings settings;
    private final boolean restart;
    private final Screen screen;

    /// @param directory of a demo that [DemoSetup] has opened
    /// @param restart whether to start nodes again that ended
    public DemoRun(DemoDirectory directory, DemoSettings settings, boolean restart, Screen screen) {
        this.directory = directory;
        this.settings = settings;
        this.restart = restart;
        this.screen = screen;
    }

    /// Starts the nodes, shows the cluster, and returns never: the signal that ends it ends the
    /// process, after all nodes have been stopped in order.
    ///
    /// @throws CommandFailure when a demo already runs here
    public void inForeground() throws InterruptedException {
        DemoLock.Held held = lock();
        var told = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        var supervisor = new Supervisor(directory, settings, restart, screen::print);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> endInOrder(told, done, held), "stop the demo"));
        supervisor.start();
        if (awaitReady(told)) {
            screen.print(welcome(screen));
        } else if (told.getCount() > 0) {
            screen.print(notReady());
        }
        var display = new StatusDisplay(settings.client(), screen);
        while (!told.await(screen.isTerminal() ? 1 : SECONDS_BETWEEN_LINES, TimeUnit.SECONDS)) {
            display.refresh(false);
        }
        screen.print("");
        supervisor.stop();
        screen.print(
                "the demo has stopped; `howdah demo` goes on with it, `howdah demo clean` removes it");
        done.countDown();
        // The process ends in the hook; until then nothing else may happen here.
        new CountDownLatch(1).await();
    }

    /// Keeps the lock to the very end (and reachable, so that it is not taken back before).
    private static void endInOrder(CountDownLatch told, CountDownLatch done, DemoLock.Held held) {
        told.countDown();
        try {
            boolean stopped = done.await(STOP_SECONDS, TimeUnit.SECONDS);
            held.close();
            Runtime.getRuntime().halt(stopped ? 0 : 1);
        } catch (InterruptedException e) {
            Runtime.getRuntime().halt(1);
        }
    }

    /// Starts a supervisor in the background and returns when the cluster is ready.
    ///
    /// @throws CommandFailure when it is not ready in time
    public void detached() throws InterruptedException {
        var arguments =
                new ArrayList<>(
                        List.of("demo", "--directory", directory.path().toString(), "--supervise"));
        if (!restart) {
            arguments.add("--no-restart");
        }
        // Refuses now, in front of the user, what the supervisor would refuse in the background.
        lock().close();
        Process supervisor = NodeLauncher.likeThisProcess().startTool(arguments, directory.log());
        awaitTakeOver(supervisor);
        boolean ready;
        try (Progress progress = Progress.start(Screen.standardError(), "starting the nodes")) {
            ready =
                    new Readiness(settings)
                            .await(READY_SECONDS, supervisor::isAlive, progress::now);
        }
        if (!supervisor.isAlive()) {
            throw CommandFailure.failed(
                    "the demo ended at its start ("
                            + ExitStatus.describe(supervisor.exitValue(), directory.log())
                            + ")",
                    "look into " + directory.log());
        }
        if (!ready) {
            throw CommandFailure.failed(
                    "the cluster was not ready within " + READY_SECONDS + " s; it goes on trying",
                    "look at `howdah status` and at " + logs() + "; `howdah demo stop` ends it");
        }
        screen.print(welcome(screen));
    }

    /// The nodes of a supervisor that died may be ready long before the new one watches over them.
    private void awaitTakeOver(Process supervisor) throws InterruptedException {
        for (long tenth = 0; tenth < TAKE_OVER_SECONDS * 10 && supervisor.isAlive(); tenth++) {
            ProcessMark recorded = directory.read().supervisor();
            if (recorded != null && recorded.pid() == supervisor.pid()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private DemoLock.Held lock() {
        return directory
                .lock()
                .acquire()
                .orElseThrow(() ->
                        CommandFailure.failed(
                                "a demo already runs in " + directory.path(),
                                "look at it with `howdah status --watch`, or stop it with `howdah demo stop`"));
    }

    private boolean awaitReady(CountDownLatch told) throws InterruptedException {
        try (Progress progress = Progress.start(screen, "starting the nodes")) {
            return new Readiness(settings)
                    .await(READY_SECONDS, () -> told.getCount() > 0, progress::now);
        }
    }

    private List<String> notReady() {
        return List.of(
                "the cluster was not ready within " + READY_SECONDS + " s; look into " + logs());
    }

    private Path logs() {
        return settings.nodesDirectory().resolve("n*").resolve("howdah.log");
    }

    /// Where to connect, and what to try.
    private List<String> welcome(Screen to) {
        var lines = new ArrayList<String>();
        if (!settings.nodesDirectory().equals(directory.path())) {
            lines.add(
                    "the nodes' data is in "
                            + settings.nodesDirectory()
                            + ", because PostgreSQL's user cannot reach "
                            + directory.path());
        }
        String url = settings.connectionUrl();
        lines.addAll(
                List.of(
                        "the cluster is ready. Connect to the primary, whichever node it is:",
                        "",
                        "  " + to.paint(Style.BOLD, url),
                        "  psql '" + url + "'",
                        "",
                        "Try: kill -9 a PG PID below; `howdah switchover`; `howdah history`; `howdah demo stop`.",
                        ""));
        if (!url.equals(settings.directUrl())) {
            lines.add(lines.size() - 2, "past the proxies: " + settings.directUrl());
            lines.add(lines.size() - 2, "");
        }
        return lines;
    }
}
