package io.howdah.cluster.deadman;

import io.howdah.cluster.lease.LinuxBootClock;
import io.howdah.postgres.process.PipeWriter;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent's end of the switch: finds the one that an agent before it has left, or starts one;
/// starts another when it dies; and tells it what the one before knew. `start` and `close` are
/// called once; all else from any thread.
public final class SwitchKeeper implements DeadMansSwitch, AutoCloseable {

    /// How long a switch may take to open its end on a busy machine.
    private static final Duration STARTING = Duration.ofSeconds(20);

    private static final Duration STARTING_POLL = Duration.ofMillis(20);

    /// How soon the end of this keeper, or a pipe that is full, is noticed. A switch that dies is
    /// noticed at once.
    private static final Duration WATCH_ROUND = Duration.ofSeconds(1);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(SwitchKeeper.class);

    private final SwitchLaunch launch;
    private final WatchdogWatch watchdog;
    private final LinuxBootClock clock = new LinuxBootClock();
    private final Thread thread;
    private @Nullable PipeWriter pipe; // guarded by this; closed by the thread alone
    private volatile @Nullable FormerSwitch former; // as pipe
    private @Nullable Beat known; // guarded by this: what a fresh switch is to be told
    private boolean inherited; // guarded by this: whether the switch is of an agent before this one
    private boolean full; // guarded by this
    private volatile boolean closed;
    private volatile boolean connected;
    private String lastFailure = "";
    private boolean saidNotReplaced;

    public SwitchKeeper(SwitchLaunch launch) {
        this.launch = launch;
        this.watchdog = new WatchdogWatch(launch.files(), launch.watchdog());
        this.thread = Thread.ofPlatform().name("switch").daemon().unstarted(this::keep);
    }

    /// Takes over the switch that runs, if one does, before it returns; else one is started beside
    /// what follows. One that feeds another watchdog than is ordered is replaced, and goes on with
    /// its deadline until the next one has been told another.
    public void start() {
        try {
            launch.files().prepare();
            former = FormerSwitch.find(launch.files()).orElse(null);
            inherited = connect();
            if (inherited || former != null) {
                LOG.info("found the dead man's switch of an agent before this one");
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("no switch is taken over: {}", e.getMessage());
        }
        thread.start();
    }

    @Override
    public boolean isThere() {
        return connected || former != null;
    }

    @Override
    public boolean hasWatchdog() {
        return watchdog.isActive();
    }

    @Override
    public Optional<String> obstacle() {
        return watchdog.obstacle();
    }

    @Override
    public void arm(long deadlineNanos) {
        say(new Beat.Arm(deadlineNanos));
    }

    @Override
    public void limit(long deadlineNanos) {
        say(new Beat.Limit(deadlineNanos));
    }

    @Override
    public void disarm() {
        say(new Beat.Disarm());
    }

    private synchronized void say(Beat beat) {
        boolean same = beat instanceof Beat.Disarm && beat.equals(known);
        known = beat.after(known);
        if (!same) {
            send(beat);
        }
    }

    private synchronized void send(Beat beat) {
        if (pipe != null) {
            full |= pipe.write(beat.encoded()) == PipeWriter.Written.FULL;
        }
        FormerSwitch replaced = former;
        if (replaced != null) {
            replaced.hear(beat);
        }
    }

    private void keep() {
        Duration pause = FIRST_PAUSE;
        while (!closed) {
            try {
                if (connected || connect() || startAnother()) {
                    lastFailure = "";
                    pause = FIRST_PAUSE;
                    watch();
                }
            } catch (IOException | RuntimeException e) {
                warnOnce(e);
            } catch (InterruptedException e) {
                break;
            }
            if (!closed) {
                pause(pause);
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
            }
        }
        letGo();
    }

    /// @return whether there is a switch to talk to
    private boolean connect() {
        Optional<PipeWriter> opened = PipeWriter.open(launch.files().pipe());
        if (opened.isEmpty()) {
            return false;
        }
        watchdog.connected();
        synchronized (this) {
            pipe = opened.get();
            full = false;
            connected = true;
            send(new Beat.Here());
            if (known != null) {
                send(known);
            }
        }
        return true;
    }

    private boolean startAnother() throws IOException, InterruptedException {
        Process process = launch.start();
        for (long waited = 0; waited < STARTING.toMillis(); waited += STARTING_POLL.toMillis()) {
            if (closed) {
                return false;
            }
            if (connect()) {
                LOG.info("the dead man's switch runs, process {}", process.pid());
                return true;
            }
            if (process.waitFor(STARTING_POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("it ended with exit code " + process.exitValue());
            }
        }
        process.destroyForcibly();
        throw new IOException("it was not ready within " + STARTING.toSeconds() + " s");
    }

    /// Returns when the switch is gone, or is to be replaced.
    private void watch() throws IOException {
        PipeWriter watched;
        synchronized (this) {
            watched = pipe;
        }
        while (!closed && watched != null) {
            replaceFormer();
            if (former == null && !watchdog.isAsOrdered() && isSetAside(watched)) {
                return;
            }
            if (watched.awaitNoReader(WATCH_ROUND)) {
                break;
            }
            if (isFull()) {
                endHung();
            }
            watchdog.look(isArmed());
        }
        watchdog.lost();
        if (!closed) {
            LOG.warn("the dead man's switch is gone; starting another");
            lost();
        }
    }

    private synchronized void lost() {
        disconnect();
        if (inherited) {
            inherited = false;
            succeedUnheard();
        }
    }

    /// What an agent before this one told a switch is gone with it, unless this one has told
    /// another deadline or none: the deadline may have been any, so it is over.
    private synchronized void succeedUnheard() {
        if (!isToldAll()) {
            say(new Beat.Limit(clock.nanos()));
        }
    }

    /// A limit is no word to go by alone: it leaves a deadline as it is that was earlier.
    private synchronized boolean isToldAll() {
        return known instanceof Beat.Arm || known instanceof Beat.Disarm;
    }

    /// The next switch is started beside it. Where that cannot be the one that is there is watched
    /// on: better one without the watchdog than none.
    private boolean isSetAside(PipeWriter watched) {
        try {
            launch.files().setAside();
        } catch (IOException e) {
            if (!saidNotReplaced) {
                saidNotReplaced = true;
                LOG.warn(
                        "the dead man's switch does not feed the watchdog that is ordered, and cannot be replaced: {}"
                                + "\nHINT: see that the agent may write to {}, and restart it",
                        e.getMessage(),
                        launch.files().directory());
            }
            return false;
        }
        LOG.info("replacing the dead man's switch: it does not feed the watchdog that is ordered");
        synchronized (this) {
            former = new FormerSwitch(launch.files(), watched);
            inherited = false;
            pipe = null;
            connected = false;
        }
        return true;
    }

    private void replaceFormer() {
        FormerSwitch replaced;
        synchronized (this) {
            replaced = former;
            if (replaced == null) {
                return;
            }
            if (replaced.isGone()) {
                succeedUnheard();
            }
            if (full || !isToldAll()) {
                return;
            }
            former = null;
        }
        replaced.dismiss();
        LOG.info("the dead man's switch of an agent before this one is replaced");
    }

    private synchronized boolean isFull() {
        return full;
    }

    private synchronized boolean isArmed() {
        return known instanceof Beat.Arm || known instanceof Beat.Limit;
    }

    /// One that has read nothing for half an hour would take old words for the last ones.
    private void endHung() {
        launch.files()
                .running()
                .ifPresent(grip -> {
                    try (ProcessGrip hung = grip) {
                        LOG.warn("the dead man's switch (process {}) hangs: ending it", hung.pid());
                        hung.signal(Signal.KILL);
                    }
                });
    }

    private synchronized void disconnect() {
        connected = false;
        if (pipe != null) {
            pipe.close();
            pipe = null;
        }
    }

    private synchronized void letGo() {
        disconnect();
        if (former != null) {
            former.letGo();
            former = null;
        }
    }

    private void warnOnce(Exception e) {
        String failure = String.valueOf(e.getMessage());
        if (!failure.equals(lastFailure)) {
            lastFailure = failure;
            LOG.warn(
                    "the dead man's switch does not start: {}; if this agent hangs, its PostgreSQL runs on as a primary that acknowledges nothing"
                            + "\nHINT: look into {}",
                    failure,
                    launch.files().log());
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Lets go of the switch, which goes on as it was told: it ends by itself when it was disarmed.
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
