package io.howdah.node.beside;

import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a process beside a node running: takes over the one that an agent before this one has
/// left, or starts one; starts another when it ends, and beside it when it is not the one that is
/// wanted. `start` is called once, and then one of `close` and `leave`.
public final class BesideKeeper implements AutoCloseable {

    /// How long it may take on a busy machine to make itself known.
    private static final Duration STARTING = Duration.ofSeconds(30);

    private static final Duration LOOK = Duration.ofMillis(20);

    /// How soon it is noticed that a process serves.
    private static final Duration ARRIVAL_ROUND = Duration.ofMillis(100);

    /// How soon the end of this keeper is noticed. The end of the process is noticed at once.
    private static final Duration WATCH_ROUND = Duration.ofSeconds(1);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /// A process that ran this long is started with the first pause again.
    private static final Duration PROVEN = Duration.ofSeconds(30);

    /// What it may take to end besides its drain.
    private static final Duration ENDING = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(BesideKeeper.class);

    private final BesideLaunch launch;
    private final BesideFormers formers; // the keeper's thread's, then whose that closes
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private String complaint = "";

    public BesideKeeper(BesideLaunch launch) {
        this.launch = launch;
        Handover handover = launch.handover();
        Duration stay = handover == null ? Duration.ZERO : handover.stay();
        this.formers = new BesideFormers(launch.files(), stay.plus(launch.drain()).plus(STARTING));
        this.thread =
                Thread.ofPlatform()
                        .name(launch.files().name() + "-keeper")
                        .daemon()
                        .unstarted(this::keep);
    }

    /// Returns at once.
    public void start() {
        thread.start();
    }

    private String name() {
        return launch.files().name();
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void keep() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!isClosing()) {
                long begun = System.nanoTime();
                tryOnce();
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

    /// What hinders it now (no more files, no more memory) may not hinder it later.
    private void tryOnce() throws InterruptedException {
        try {
            runOnce();
            complaint = "";
        } catch (RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.equals(complaint)) {
                LOG.warn("the {} is not looked after at the moment: {}", name(), message);
                complaint = message;
            }
        }
    }

    /// Returns when the process has ended, or none could be started.
    private void runOnce() throws InterruptedException {
        Optional<ProcessGrip> found = launch.files().running();
        if (found.isEmpty()) {
            bring();
            return;
        }
        try (ProcessGrip running = found.get()) {
            if (isWanted(launch.files().process())) {
                LOG.info("took over the {} (process {})", name(), running.pid());
                watch(running);
                return;
            }
            LOG.info(
                    "the {} (process {}) was started from another version or configuration:"
                            + " another takes its place",
                    name(),
                    running.pid());
            Handover handover = launch.handover();
            if (handover == null || !(handover.isOffered() || isBeingReplaced(running))) {
                end(running);
            }
        }
        bring();
    }

    /// Whether one that an agent before this one has started has taken its place meanwhile, or is
    /// about to: then it serves those that it has, and gives its place to nobody else.
    private boolean isBeingReplaced(ProcessGrip running) {
        Optional<ProcessGrip> coming = launch.files().coming().running();
        coming.ifPresent(ProcessGrip::close);
        return coming.isPresent() || !launch.files().process().names(running);
    }

    private boolean isWanted(ProcessFile file) {
        return file.remark().equals(launch.fingerprint());
    }

    /// Starts a process and watches it, or the one that an agent before this one has started.
    private void bring() throws InterruptedException {
        Optional<ProcessGrip> found = sign();
        if (found.isEmpty()) {
            found = started();
        }
        if (found.isPresent()) {
            try (ProcessGrip coming = found.get()) {
                awaitArrival(coming);
            }
        }
    }

    /// One that is coming, or the one that is wanted, which has come already. To be closed.
    private Optional<ProcessGrip> sign() {
        Optional<ProcessGrip> found = launch.firstSign().running();
        return found.isEmpty() && isWanted(launch.files().process())
                ? launch.files().running()
                : found;
    }

    /// Returns when there is a sign of a new process.
    private Optional<ProcessGrip> started() throws InterruptedException {
        Process process;
        try {
            process = launch.start();
        } catch (IOException e) {
            LOG.warn("the {} cannot be started: {}", name(), e.getMessage());
            return Optional.empty();
        }
        long deadline = System.nanoTime() + STARTING.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<ProcessGrip> found = sign();
            if (found.isPresent()) {
                return found;
            }
            if (process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS) || isClosing()) {
                break;
            }
        }
        if (process.isAlive()) {
            process.destroyForcibly();
        } else {
            LOG.warn(
                    "the {} ended with exit code {}\nHINT: look into {}",
                    name(),
                    process.exitValue(),
                    launch.files().log());
        }
        return Optional.empty();
    }

    /// Waits until it serves, as long as that may take: until then whoever served goes on, where
    /// there is one. Then watches it.
    private void awaitArrival(ProcessGrip coming) {
        boolean wanted = isWanted(launch.firstSign()) || isWanted(launch.files().process());
        long deadline = System.nanoTime() + STARTING.toNanos();
        while (!isClosing()) {
            formers.look();
            if (launch.files().process().names(coming)) {
                if (wanted) {
                    LOG.info("the {} runs (process {})", name(), coming.pid());
                    watch(coming);
                }
                return;
            }
            if (coming.awaitEnd(ARRIVAL_ROUND)) {
                LOG.warn(
                        "the {} (process {}) ended before it served\nHINT: look into {}",
                        name(),
                        coming.pid(),
                        launch.files().log());
                return;
            }
            if (!wanted && System.nanoTime() > deadline) {
                end(coming);
                return;
            }
        }
    }

    /// Until it ends, or another has taken its place that an agent before this one had started.
    private void watch(ProcessGrip running) {
        while (!isClosing() && launch.files().process().names(running)) {
            formers.look();
            if (running.awaitEnd(WATCH_ROUND)) {
                if (!isClosing()) {
                    LOG.warn(
                            "the {} (process {}) has ended; starting another\nHINT: look into {}",
                            name(),
                            running.pid(),
                            launch.files().log());
                }
                return;
            }
        }
    }

    private void end(ProcessGrip running) {
        endAll(List.of(running));
    }

    private void endAll(List<ProcessGrip> all) {
        all.forEach(running -> running.signal(Signal.TERMINATE));
        long deadline = System.nanoTime() + launch.drain().plus(ENDING).toNanos();
        for (ProcessGrip running : all) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            if (!running.awaitEnd(left)) {
                LOG.warn("the {} (process {}) does not end: killing it", name(), running.pid());
                running.signal(Signal.KILL);
                running.awaitEnd(ENDING);
            }
        }
    }

    /// Lets the process run on without an agent, for the next one to take over.
    public void leave() {
        closing.countDown();
    }

    /// Ends the process in order, within its drain and some seconds, and whatever former ones still
    /// serve with it.
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
        // Before it takes the place of one that is told to end.
        launch.files()
                .coming()
                .running()
                .ifPresent(coming -> {
                    try (coming) {
                        end(coming);
                    }
                });
        List<ProcessGrip> all = launch.files().all();
        endAll(all);
        all.forEach(ProcessGrip::close);
        formers.look();
    }
}
