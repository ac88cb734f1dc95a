package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.BankCheck;
import io.howdah.cli.chaos.check.Violation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Adds all accounts up on one member, whatever it is, again and again. Runs on a virtual thread
/// until it is stopped.
final class BankWatcher {

    private static final long PERIOD_MILLIS = 250;

    /// One that is torn stays torn: the first few say it all.
    private static final int VIOLATIONS_MAXIMUM = 10;

    private static final String SUM =
            "select coalesce(pg_catalog.sum(balance), 0)::bigint, pg_catalog.count(*) from howdah_chaos.account";

    private final String member;
    private final String address;
    private final Clock clock;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Violation> violations = new ArrayList<>();
    private final Thread thread;
    private int snapshots;

    /// Starts it.
    BankWatcher(String member, String address, Clock clock) {
        this.member = member;
        this.address = address;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("bank watcher of " + member).start(this::run);
    }

    /// Returns when it has ended.
    ///
    /// @return the snapshots that did not add up
    List<Violation> stop() throws InterruptedException {
        stop.countDown();
        thread.join();
        return List.copyOf(violations);
    }

    /// How many snapshots it took; asked when it has ended.
    int snapshots() {
        return snapshots;
    }

    private void run() {
        Session session = null;
        try {
            while (!stop.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    session = session == null ? Session.open(address, false) : session;
                    look(session);
                } catch (SQLException e) {
                    close(session);
                    session = null;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(session);
        }
    }

    private void look(Session session) throws SQLException {
        session.query(
                SUM,
                row -> {
                    snapshots++;
                    if (violations.size() < VIOLATIONS_MAXIMUM) {
                        BankCheck.snapshot(
                                        member + " after " + clock.millis() / 1000 + " s",
                                        row.getLong(1),
                                        row.getLong(2))
                                .ifPresent(violations::add);
                    }
                });
    }

    private static void close(@Nullable Session session) {
        if (session != null) {
            session.close();
        }
    }
}
