package io.howdah.cli.chaos;

import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Cancels clients' statements and ends their sessions in the middle of their transactions. Runs on
/// a virtual thread until it is stopped.
final class Meddler {

    /// How a client is disturbed.
    enum Means {
        /// The client's own request to cancel, as its driver sends it.
        CANCEL_REQUEST,
        /// `pg_cancel_backend` from another session.
        PG_CANCEL_BACKEND,
        /// `pg_terminate_backend` from another session.
        PG_TERMINATE_BACKEND,
        /// The client's socket is closed.
        CLOSED_SOCKET;

        /// As in a report: `pg_cancel_backend`.
        String word() {
            return this == CANCEL_REQUEST || this == CLOSED_SOCKET
                    ? name().toLowerCase(Locale.ROOT).replace('_', ' ')
                    : name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int PAUSE_MILLIS_MINIMUM = 50;
    private static final int PAUSE_MILLIS_MAXIMUM = 450;

    /// A commit on one machine takes some milliseconds; most of them are its wait for the standbys.
    private static final int DELAY_MICROS = 4_000;

    private static final int LOOKS = 2_000;
    private static final long LOOK_NANOS = 100_000;

    private final List<Client> victims;
    private final Servers servers;
    private final Random chance;
    private final Map<Means, Integer> done = new EnumMap<>(Means.class);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private @Nullable Session session;

    /// Starts it.
    ///
    /// @param victims at least one
    Meddler(List<Client> victims, Servers servers, long seed) {
        this.victims = List.copyOf(victims);
        this.servers = servers;
        this.chance = new Random(seed);
        this.thread = Thread.ofVirtual().name("meddler").start(this::run);
    }

    /// Returns when it has ended.
    ///
    /// @return how often it did what
    Map<String, Integer> stop() throws InterruptedException {
        stop.countDown();
        thread.join();
        var counts = new TreeMap<String, Integer>();
        done.forEach((means, count) -> counts.put(means.word(), count));
        return counts;
    }

    private void run() {
        try {
            while (!stop.await(
                    chance.nextInt(PAUSE_MILLIS_MINIMUM, PAUSE_MILLIS_MAXIMUM),
                    TimeUnit.MILLISECONDS)) {
                meddle(
                        victims.get(chance.nextInt(victims.size())),
                        Means.values()[chance.nextInt(Means.values().length)],
                        chance.nextInt(DELAY_MICROS) * 1_000L);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            leave();
        }
    }

    private void meddle(Client client, Means means, long delayNanos) {
        Session victim = null;
        for (int look = 0; look < LOOKS && victim == null && stop.getCount() > 0; look++) {
            LockSupport.parkNanos(LOOK_NANOS);
            victim = client.busySession();
        }
        if (victim == null) {
            return;
        }
        LockSupport.parkNanos(delayNanos);
        try {
            switch (means) {
                case CANCEL_REQUEST -> victim.cancel();
                case PG_CANCEL_BACKEND -> tell("select pg_catalog.pg_cancel_backend(?)", victim);
                case PG_TERMINATE_BACKEND ->
                        tell("select pg_catalog.pg_terminate_backend(?)", victim);
                case CLOSED_SOCKET -> victim.drop();
            }
            done.merge(means, 1, Integer::sum);
        } catch (SQLException e) {
            // There is no primary to tell it to at the moment, or the victim is gone by itself.
            leave();
        }
    }

    private void tell(String sql, Session victim) throws SQLException {
        Session open = session;
        if (open == null) {
            open = servers.primary();
            session = open;
        }
        open.query(sql, _ -> {}, victim.backend());
    }

    private void leave() {
        Session open = session;
        session = null;
        if (open != null) {
            open.close();
        }
    }
}
