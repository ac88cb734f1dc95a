package io.howdah.cli.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Starts every node of a demo, and starts one that ended again, as systemd would: at once when it
/// was told to leave, else after a second, then after longer and longer. Adopts nodes that an
/// earlier supervisor left running. Thread-safe.
public final class Supervisor {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /// A node that ran this long starts with the first pause again.
    private static final Duration PROVEN = Duration.ofSeconds(30);

    private final DemoDirectory directory;
    private final DemoSettings settings;
    private final NodeLauncher launcher;
    private final boolean restart;
    private final Consumer<String> events;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<Thread> watchers = new ArrayList<>();

    /// @param restart whether to start a node again that ended
    /// @param events told what happens, a line each; called by several threads
    public Supervisor(
            DemoDirectory directory,
            DemoSettings settings,
            boolean restart,
            Consumer<String> events) {
        this(directory, settings, NodeLauncher.likeThisProcess(), restart, events);
    }

    Supervisor(
            DemoDirectory directory,
            DemoSettings settings,
            NodeLauncher launcher,
            boolean restart,
            Consumer<String> events) {
        this.directory = directory;
        this.settings = settings;
        this.launcher = launcher;
        this.restart = restart;
        this.events = events;
    }

    /// Starts or adopts every node and returns at once.
    public void start() {
        directory.update(demo ->
                demo.withSupervisor(ProcessMark.of(ProcessHandle.current().pid()).orElseThrow()));
        for (int i = 1; i <= settings.nodes(); i++) {
            int node = i;
            watchers.add(Thread.ofPlatform().daemon().name("watch n" + i).start(() -> watch(node)));
        }
    }

    /// Stops every node in order and returns when all are gone.
    public void stop() throws InterruptedException {
        synchronized (this) {
            stopping.countDown();
        }
        new OrderlyStop(directory, settings, events).stop();
        for (Thread watcher : watchers) {
            watcher.join(Duration.ofSeconds(5));
        }
    }

    private void watch(int node) {
        String name = "n" + node;
        Duration pause = FIRST_PAUSE;
        try {
            while (stopping.getCount() > 0) {
                long startNanos = System.nanoTime();
                End end = runOnce(node, name);
                if (stopping.getCount() == 0) {
                    return;
                }
                if (!restart) {
                    events.accept(
                            name
                                    + " ended ("
                                    + end.words()
                                    + "); it is not started again (--no-restart)");
                    return;
                }
                if (end.left()) {
                    events.accept(name + " left its PostgreSQL running; starting it again");
                    continue;
                }
                if (System.nanoTime() - startNanos > PROVEN.toNanos()) {
                    pause = FIRST_PAUSE;
                }
                events.accept(
                        name
                                + " ended ("
                                + end.words()
                                + "); starting it again in "
                                + pause.toSeconds()
                                + " s");
                if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// How a node ended.
    ///
    /// @param left whether it was told to leave and did so in order
    private record End(String words, boolean left) {}

    /// Runs the node, or waits for the one that runs already, until it ends.
    private End runOnce(int node, String name) throws InterruptedException {
        ProcessMark earlier = directory.read().processes().get(name);
        if (earlier != null && earlier.runs()) {
            events.accept(name + " runs already (pid " + earlier.pid() + ")");
            while (earlier.runs() && !stopping.await(200, TimeUnit.MILLISECONDS)) {
                // Only a parent hears of a process's end at once; this one is not our child.
            }
            return new End("how is not known", false);
        }
        Path log = settings.nodeDirectory(node).resolve("howdah.log");
        Process process;
        synchronized (this) {
            // Never after the stop has looked at which processes there are.
            if (stopping.getCount() == 0) {
                return new End("not started", false);
            }
            List<String> host =
                    settings.hosts().map(hosts -> hosts.command(node)).orElse(List.of());
            process =
                    launcher.on(host)
                            .startNode(settings.nodeDirectory(node).resolve("howdah.yaml"), log);
            ProcessMark.of(process.pid())
                    .ifPresent(mark -> directory.update(demo -> demo.withProcess(name, mark)));
        }
        int code = process.waitFor();
        return new End(ExitStatus.describe(code, log), code == 0);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
