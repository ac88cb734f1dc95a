package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.Await;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// An application that inserts one row after the other, each a transaction with an identity of its
/// own, and remembers which ones were acknowledged. An insert that failed may or may not be there;
/// it is not repeated. Thread-safe.
final class Writer {

    private static final long PAUSE_MILLIS = 10;
    private static final long RETRY_MILLIS = 100;

    /// How many acknowledgements show that writing goes on.
    private static final int PROGRESS = 20;

    /// How an application connects.
    @FunctionalInterface
    interface Way {
        Connection open() throws SQLException;
    }

    private final DemoSettings settings;
    private final Way way;
    private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean stopping;
    private volatile @Nullable SQLException failure;

    /// Starts to write; the cluster need not be ready.
    Writer(DemoSettings settings) {
        this(settings, () -> toPrimary(settings));
    }

    /// The same on another way.
    Writer(DemoSettings settings, Way way) {
        this.settings = settings;
        this.way = way;
        thread = Thread.ofVirtual().name("writer").start(this::run);
    }

    private void run() {
        long identity = 0;
        boolean made = false;
        while (!stopping) {
            try (Connection connection = way.open()) {
                if (!made) {
                    execute(
                            connection,
                            "create table if not exists written (id bigint primary key)");
                    made = true;
                }
                try (PreparedStatement insert =
                        connection.prepareStatement("insert into written values (?)")) {
                    while (!stopping) {
                        identity++;
                        insert(insert, identity);
                        pause(PAUSE_MILLIS);
                    }
                }
            } catch (SQLException e) {
                failure = e;
                failures.incrementAndGet();
                pause(RETRY_MILLIS);
            }
        }
    }

    /// A commit whose wait for the replicas was cancelled is reported as done, with a warning: it
    /// is not acknowledged in the sense that counts.
    private void insert(PreparedStatement insert, long identity) throws SQLException {
        insert.clearWarnings();
        insert.setLong(1, identity);
        insert.executeUpdate();
        if (insert.getWarnings() == null) {
            acknowledged.add(identity);
        }
    }

    /// To whichever node is the primary, as an application connects.
    static Connection toPrimary(DemoSettings settings) throws SQLException {
        String hosts =
                IntStream.rangeClosed(1, settings.dataNodes())
                        .mapToObj(settings::postgresAddress)
                        .collect(Collectors.joining(","));
        return open(hosts, "&targetServerType=primary&hostRecheckSeconds=0");
    }

    /// To that node, whatever it is.
    static Connection toNode(DemoSettings settings, int node) throws SQLException {
        return open(settings.postgresAddress(node), "");
    }

    /// Through the proxy of that node.
    static Connection throughProxy(DemoSettings settings, int node) throws SQLException {
        return open("127.0.0.1:" + settings.proxyPort(node), "");
    }

    private static Connection open(String hosts, String more) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://"
                        + hosts
                        + "/app?user=app&password=app&sslmode=disable&connectTimeout=2&socketTimeout=5"
                        + more);
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        }
    }

    /// How many writes failed so far, or had no connection.
    int failures() {
        return failures.get();
    }

    /// Waits until more inserts are acknowledged from now on.
    void awaitProgress() {
        int before = acknowledged.size();
        try {
            Await.until("writes go on", () -> acknowledged.size() >= before + PROGRESS);
        } catch (AssertionError e) {
            SQLException latest = failure;
            if (latest != null) {
                e.addSuppressed(latest);
            }
            throw e;
        }
    }

    /// What was acknowledged so far.
    Set<Long> acknowledged() {
        return Set.copyOf(acknowledged);
    }

    /// Waits until a node has all of these.
    void awaitHeld(Set<Long> rows, int node) {
        Await.until("n" + node + " holds what was promised", () -> holds(rows, node));
    }

    /// Everything that was acknowledged before this call is on the primary now, and on every
    /// replica once it has replayed that far.
    void assertNothingLost(int primary) throws SQLException {
        Set<Long> promised = Set.copyOf(acknowledged);
        assertThat(promised).isNotEmpty();
        try (Connection connection = toNode(settings, primary)) {
            assertThat(number(connection, "select pg_is_in_recovery()::int")).isZero();
            assertThat(missing(promised, connection)).as("lost on n%d", primary).isEmpty();
        }
        for (int i = 1; i <= settings.dataNodes(); i++) {
            int node = i;
            Await.until("n" + node + " holds every acknowledged row", () -> holds(promised, node));
        }
    }

    private boolean holds(Set<Long> promised, int node) {
        try (Connection connection = toNode(settings, node)) {
            return missing(promised, connection).isEmpty();
        } catch (SQLException e) {
            failure = e;
            return false;
        }
    }

    private static Set<Long> missing(Set<Long> promised, Connection connection)
            throws SQLException {
        var there = new HashSet<Long>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id from written")) {
            while (rows.next()) {
                there.add(rows.getLong(1));
            }
        }
        var missing = new TreeSet<>(promised);
        missing.removeAll(there);
        return missing;
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void stop() throws InterruptedException {
        stopping = true;
        thread.join(30_000);
    }
}
