package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Gaps;
import io.howdah.cli.chaos.check.Outcome;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// One client: a session on the primary, one transaction after the other, a new session whenever
/// one is lost. Runs on a thread of its own until it is stopped.
final class Client {

    /// Six clients are to keep a cluster busy, and leave it the machine.
    private static final long PAUSE_MILLIS = 25;

    private static final long RETRY_MILLIS = 100;

    private final String name;
    private final Work work;
    private final Servers servers;
    private final boolean disturbed;
    private final Clock clock;
    private final Gaps gaps = new Gaps();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Session session;
    private volatile boolean busy;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private volatile @Nullable String failure;

    /// Starts it on a virtual thread of this machine.
    ///
    /// @param disturbed whether it may be disturbed on purpose
    Client(String name, Work work, Servers servers, boolean disturbed, Clock clock) {
        this(
                name,
                work,
                servers,
                disturbed,
                clock,
                (title, run) -> Thread.ofVirtual().name(title).start(run));
    }

    /// Starts it.
    ///
    /// @param host starts a thread of that name where the client is to be
    Client(
            String name,
            Work work,
            Servers servers,
            boolean disturbed,
            Clock clock,
            BiFunction<String, Runnable, Thread> host) {
        this.name = name;
        this.work = work;
        this.servers = servers;
        this.disturbed = disturbed;
        this.clock = clock;
        this.thread = host.apply("client " + name, this::run);
    }

    /// As in `set 1`.
    String name() {
        return name;
    }

    boolean disturbed() {
        return disturbed;
    }

    /// When it was acknowledged nothing.
    Gaps gaps() {
        return gaps;
    }

    /// How many of its transactions were acknowledged.
    int acknowledged() {
        return acknowledged.get();
    }

    /// What it was told when something failed last; null when nothing did.
    @Nullable String failure() {
        return failure;
    }

    /// The session in which a transaction is under way at this moment; null when none is.
    @Nullable Session busySession() {
        return busy ? session : null;
    }

    /// Lets it end its transaction, and returns when it has.
    void stop() throws InterruptedException {
        stop.countDown();
        thread.join();
    }

    private void run() {
        try {
            while (stop.getCount() > 0) {
                Session open = session;
                if (open == null) {
                    connect();
                } else {
                    transact(open);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            leave();
        }
    }

    private void connect() throws InterruptedException {
        try {
            session = servers.primary();
        } catch (SQLException e) {
            failure = e.getMessage();
            stop.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void transact(Session open) throws InterruptedException {
        Work.Attempt attempt = work.next(disturbed);
        busy = true;
        try {
            attempt.perform(open);
            busy = false;
            ended(attempt, open.outcome());
        } catch (SQLException e) {
            busy = false;
            failure = e.getMessage();
            ended(attempt, open.outcome(e));
            recover(open, e);
        }
        stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void ended(Work.Attempt attempt, Outcome outcome) {
        attempt.ended(outcome);
        if (outcome == Outcome.ACKNOWLEDGED) {
            acknowledged.incrementAndGet();
            gaps.acknowledged(clock.millis());
        }
    }

    /// After an error the session goes on where it can; a server that refuses writes is left.
    private void recover(Session open, SQLException e) throws InterruptedException {
        try {
            if (open.isRefusal(e) && !isReadOnly(e)) {
                open.rollback();
                return;
            }
        } catch (SQLException broken) {
            failure = broken.getMessage();
        }
        leave();
        stop.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static boolean isReadOnly(SQLException e) {
        return "25006".equals(e.getSQLState());
    }

    private void leave() {
        Session open = session;
        session = null;
        if (open != null) {
            open.close();
        }
    }
}
