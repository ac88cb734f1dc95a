package io.howdah.node.backup;

import io.howdah.backup.BackupException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks again and again whether there is something to do, on a thread of its own, until it is
/// closed; the same trouble is told once. `start` is called once.
final class Rounds implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    private final String trouble;
    private final Duration pause;
    private final Runnable look;
    private final Thread thread;
    private volatile boolean closed;
    private String complaint = "";

    /// @param name the thread's
    /// @param trouble what to say when a look has failed; why follows
    /// @param look may be interrupted
    Rounds(String name, String trouble, Runnable look) {
        this(name, trouble, PAUSE, look);
    }

    /// @param pause between two looks
    Rounds(String name, String trouble, Duration pause, Runnable look) {
        this.trouble = trouble;
        this.pause = pause;
        this.look = look;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closed) {
                try {
                    look.run();
                    complaint = "";
                } catch (RuntimeException e) {
                    // whatever it is, there may be something to do later
                    complain(BackupException.said(e));
                }
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void complain(String why) {
        if (!closed && !why.equals(complaint)) {
            LOG.warn("{}: {}", trouble, why);
            complaint = why;
        }
    }

    /// Does not wait for a look that is under way.
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
