package io.howdah.node.proxy;

import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a node's proxy running: takes over the one that an agent before this one has left, or
/// starts one; starts another when it ends. `start` is called once, and then one of `close` and
/// `leave`.
final class ProxyKeeper implements AutoCloseable {

    /// How long a proxy may take on a busy machine to make itself known.
    private static final Duration STARTING = Duration.ofSeconds(30);

    private static final Duration LOOK = Duration.ofMillis(20);

    /// How soon the end of this keeper is noticed. The end of a proxy is noticed at once.
    private static final Duration WATCH_ROUND = Duration.ofSeconds(1);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /// A proxy that ran this long is started with the first pause again.
    private static final Duration PROVEN = Duration.ofSeconds(30);

    /// What a proxy may take to end besides its drain.
    private static final Duration ENDING = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(ProxyKeeper.class);

    private final ProxyLaunch launch;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    ProxyKeeper(ProxyLaunch launch) {
        this.launch = launch;
        this.thread = Thread.ofPlatform().name("proxy-keeper").daemon().unstarted(this::keep);
    }

    void start() {
        thread.start();
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void keep() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!isClosing()) {
                long begun = System.nanoTime();
                runOnce();
                if (System.nanoTime() - begun > PROVEN.toNanos()) {
                    pause = FIRST_PAUSE;
                }
                if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Returns when the proxy has ended, or none could be started.
    private void runOnce() throws InterruptedException {
        Optional<ProcessGrip> found = launch.files().running();
        if (found.isEmpty()) {
            startAnother();
            return;
        }
        try (ProcessGrip running = found.get()) {
            if (launch.files().process().remark().equals(launch.fingerprint())) {
                LOG.info("took over the proxy (process {})", running.pid());
                watch(running);
            } else {
                LOG.info(
                        "the proxy (process {}) was started from another version or configuration:"
                                + " another takes its place",
                        running.pid());
                end(running);
            }
        }
    }

    private void startAnother() throws InterruptedException {
        Process process;
        try {
            process = launch.start();
        } catch (IOException e) {
            LOG.warn("the proxy cannot be started: {}", e.getMessage());
            return;
        }
        long deadline = System.nanoTime() + STARTING.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<ProcessGrip> found = launch.files().running();
            if (found.isPresent()) {
                try (ProcessGrip running = found.get()) {
                    LOG.info("the proxy runs (process {})", running.pid());
                    watch(running);
                }
                return;
            }
            if (process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS) || isClosing()) {
                break;
            }
        }
        if (process.isAlive()) {
            process.destroyForcibly();
        } else {
            LOG.warn(
                    "the proxy ended with exit code {}\nHINT: look into {}",
                    process.exitValue(),
                    launch.files().log());
        }
    }

    private void watch(ProcessGrip running) {
        while (!isClosing()) {
            if (running.awaitEnd(WATCH_ROUND)) {
                if (!isClosing()) {
                    LOG.warn(
                            "the proxy (process {}) has ended; starting another\nHINT: look into {}",
                            running.pid(),
                            launch.files().log());
                }
                return;
            }
        }
    }

    private void end(ProcessGrip running) {
        running.signal(Signal.TERMINATE);
        if (!running.awaitEnd(launch.drain().plus(ENDING))) {
            LOG.warn("the proxy (process {}) does not end: killing it", running.pid());
            running.signal(Signal.KILL);
            running.awaitEnd(ENDING);
        }
    }

    /// Lets the proxy run on without an agent, for the next one to take over.
    void leave() {
        closing.countDown();
    }

    /// Ends the proxy in order, within its drain and some seconds.
    @Override
    public void close() {
        closing.countDown();
        try {
            if (!thread.join(WATCH_ROUND)) {
                thread.interrupt();
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        launch.files()
                .running()
                .ifPresent(grip -> {
                    try (ProcessGrip running = grip) {
                        end(running);
                    }
                });
    }
}
