package io.howdah.postgres.process;

import java.time.Duration;
import java.util.stream.Stream;

/// Ends a program that waits for somebody who does not answer and does not go away: neither it nor
/// a child has used the processor for long. Ours talk to servers by libpq, which waits for an
/// answer without end; a server whose disk hangs gives none, and its connection stays. Looks are
/// counted, not time: a process that was stopped itself has seen nothing. Thread-safe.
public final class IdleEnd implements AutoCloseable {

    private static final int LOOKS = 30;

    private final Process process;
    private final Duration pause;
    private final Thread thread;
    private volatile boolean ended;

    /// Watches until the program has ended, or this is closed.
    ///
    /// @param patience how long it may do nothing; the processor's time is counted in steps of 10
    ///   ms, so a second or more
    public static IdleEnd of(Process process, Duration patience) {
        IdleEnd watch = new IdleEnd(process, patience);
        watch.thread.start();
        return watch;
    }

    private IdleEnd(Process process, Duration patience) {
        this.process = process;
        this.pause = patience.dividedBy(LOOKS);
        this.thread = Thread.ofVirtual().name("idle-end-" + process.pid()).unstarted(this::watch);
    }

    private void watch() {
        Duration used = used();
        int idle = 0;
        try {
            while (process.isAlive() && idle < LOOKS) {
                Thread.sleep(pause);
                Duration now = used();
                idle = now.equals(used) ? idle + 1 : 0;
                used = now;
            }
        } catch (InterruptedException e) {
            return;
        }
        if (process.isAlive()) {
            ended = true;
            // by its handle: what it said can be read all the same; and before its children, whose
            // ends it would take for the answer
            all().forEach(ProcessHandle::destroyForcibly);
        }
    }

    private Duration used() {
        return all().flatMap(each -> each.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    private Stream<ProcessHandle> all() {
        return Stream.concat(
                Stream.of(process.toHandle()), process.descendants().toList().stream());
    }

    /// Whether it was ended by this.
    public boolean hasEnded() {
        return ended;
    }

    /// Lets it run on.
    @Override
    public void close() {
        thread.interrupt();
    }
}
