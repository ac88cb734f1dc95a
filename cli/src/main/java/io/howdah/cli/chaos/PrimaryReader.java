package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Attempts;
import io.howdah.cli.chaos.check.Outcome;
import io.howdah.cli.chaos.check.Sightings;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads the set on one member, again and again while that is a primary, whatever others are: the
/// newest rows, and every now and then those whose fate their clients do not know. It keeps its
/// session for as long as that lasts, so a former primary that goes on answering is not missed.
/// Runs on a virtual thread until it is stopped.
final class PrimaryReader {

    private static final long PERIOD_MILLIS = 150;
    private static final int NEWEST = 300;
    private static final int READINGS_PER_AUDIT = 10;

    /// The newest of the doubtful ones; the oldest were looked at often enough.
    private static final int DOUBTFUL_MAXIMUM = 500;

    /// The timeline that the server writes, eight hexadecimal digits of a file's name; 0 of a
    /// standby.
    private static final String TIMELINE =
            "select case when pg_catalog.pg_is_in_recovery() then 0 else"
                    + " ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::bit(32)::bigint end";

    private static final String NEWEST_ROWS =
            "select id from howdah_chaos.inserted where id between ? and ?";
    private static final String ROWS =
            "select id from howdah_chaos.inserted where id = any (?::integer[])";

    private final Attempts attempts;
    private final String member;
    private final String address;
    private final Clock clock;
    private final Sightings sightings;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;

    /// Starts it.
    ///
    /// @param sightings are told what it sees
    PrimaryReader(
            Attempts attempts, String member, String address, Clock clock, Sightings sightings) {
        this.attempts = attempts;
        this.member = member;
        this.address = address;
        this.clock = clock;
        this.sightings = sightings;
        this.thread = Thread.ofVirtual().name("reader of " + member).start(this::run);
    }

    /// Returns when it has ended.
    void stop() throws InterruptedException {
        stop.countDown();
        thread.join();
    }

    private void run() {
        Session session = null;
        int readings = 0;
        try {
            while (!stop.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    session = session == null ? Session.open(address, false) : session;
                    long timeline = session.number(TIMELINE);
                    if (timeline != 0) {
                        readNewest(session, timeline);
                        if (++readings % READINGS_PER_AUDIT == 0) {
                            readDoubtful(session, timeline);
                        }
                    }
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

    private void readNewest(Session session, long timeline) throws SQLException {
        int to = attempts.count();
        int from = Math.max(1, to - NEWEST);
        var asked = new BitSet();
        asked.set(from, to + 1);
        var present = new BitSet();
        int askedMillis = clock.millis();
        session.query(NEWEST_ROWS, row -> present.set(row.getInt(1)), from, to);
        sightings.read(member, askedMillis, clock.millis(), timeline, asked, present);
    }

    private void readDoubtful(Session session, long timeline) throws SQLException {
        var asked = new BitSet();
        for (int i = attempts.count(); i >= 1 && asked.cardinality() < DOUBTFUL_MAXIMUM; i--) {
            Outcome outcome = attempts.outcome(i);
            if (outcome == Outcome.LOCAL_ONLY || outcome == Outcome.UNKNOWN) {
                asked.set(i);
            }
        }
        var present = new BitSet();
        int askedMillis = clock.millis();
        // as PostgreSQL writes an array: {1, 2}
        session.query(ROWS, row -> present.set(row.getInt(1)), asked.toString());
        sightings.read(member, askedMillis, clock.millis(), timeline, asked, present);
    }

    private static void close(@Nullable Session session) {
        if (session != null) {
            session.close();
        }
    }
}
