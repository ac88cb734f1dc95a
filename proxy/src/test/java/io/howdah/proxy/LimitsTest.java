package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.TestTimeouts;
import io.howdah.proxy.settings.UserAllowances;
import io.howdah.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.util.PSQLException;

/// Bounds over several pools hold, and starve nobody; those on clients hold in a storm, too.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsTest {

    private static final List<String> USERS = List.of("app", "ann", "bob");

    private static final String SERVER_CONNECTIONS =
            "select count(*) from pg_stat_activity where datname = 'app'";

    private final TestPostgres postgres = TestPostgres.start();

    @BeforeAll
    void prepare() {
        postgres.execute("create role ann login", "create role bob login");
    }

    @AfterAll
    void stop() {
        postgres.close();
    }

    private static Connection connect(TestProxy proxy, String user) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:"
                        + proxy.port()
                        + "/app?prepareThreshold=0&user="
                        + user);
    }

    private static String value(Connection client, String sql) throws SQLException {
        ResultSet rows = client.createStatement().executeQuery(sql);
        rows.next();
        return rows.getString(1);
    }

    @Test
    void usersOfADatabaseShareItsConnectionsAndNoneIsForgotten() throws Exception {
        try (var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 5)
                                .with(new Allowance(2, 0))
                                .to(postgres);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> most = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                String user = USERS.get(i % 3);
                most.add(
                        threads.submit(() -> {
                            int seen = 0;
                            try (Connection client = connect(proxy, user)) {
                                for (int round = 0; round < 30; round++) {
                                    seen =
                                            Math.max(
                                                    seen,
                                                    Integer.parseInt(
                                                            value(client, SERVER_CONNECTIONS)));
                                }
                            }
                            return seen;
                        }));
            }
            for (Future<Integer> seen : most) {
                // One that was told to end may not have done so yet.
                assertThat(seen.get()).isBetween(1, 4);
            }
        }
    }

    @Test
    void oneClientTooManyOfADatabaseOrOfAUserIsRefused() throws Exception {
        var users = new UserAllowances(Allowance.UNBOUNDED, Map.of("bob", new Allowance(0, 1)));
        try (var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(new Allowance(0, 2))
                                .with(users)
                                .to(postgres);
                Connection bob = connect(proxy, "bob")) {
            assertRefused(() -> connect(proxy, "bob"), "too many clients of the user \"bob\": 1");
            try (Connection ann = connect(proxy, "ann")) {
                assertRefused(
                        () -> connect(proxy, "ann"), "too many clients of the database \"app\": 2");
                assertThat(value(ann, "select 1")).isEqualTo("1");
            }
            assertThat(value(bob, "select 1")).isEqualTo("1");
            Await.until("there is a place again", () -> isLetIn(proxy));
        }
    }

    private static void assertRefused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable login, String words) {
        assertThatThrownBy(login)
                .hasMessageContaining(words)
                .isInstanceOfSatisfying(
                        PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53300"));
    }

    private static boolean isLetIn(TestProxy proxy) {
        try (Connection ann = connect(proxy, "ann")) {
            return value(ann, "select 1").equals("1");
        } catch (SQLException e) {
            return false;
        }
    }

    /// Strangers that say nothing, or half of something, fill all places for as long as a login may
    /// take, and no longer; whoever is in goes on.
    @Test
    void stormOfHalfLoginsIsRefusedBeyondTheBoundAndGoneAfterIt() throws Exception {
        var timeouts = new TestTimeouts().clientLogin(Duration.ofSeconds(3)).build();
        try (var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(timeouts)
                                .clients(400)
                                .to(postgres);
                Connection in = connect(proxy, "app")) {
            List<Socket> storm = new ArrayList<>();
            try {
                for (int i = 0; i < 1_000; i++) {
                    storm.add(half(proxy.port(), i));
                }
                assertThat(value(in, "select 1")).isEqualTo("1");
                assertRefused(() -> connect(proxy, "ann"), "sorry, too many clients already: 400");
                for (Socket socket : storm) {
                    untilEnd(socket);
                }
            } finally {
                for (Socket socket : storm) {
                    socket.close();
                }
            }
            assertThat(value(in, "select 1")).isEqualTo("1");
            Await.until("there is a place again", () -> isLetIn(proxy));
        }
    }

    private static void untilEnd(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            // What it said was not read any more: also an end.
        }
    }

    /// Silence, half a packet, half of a long one, or a request for TLS and nothing behind it.
    private static Socket half(int port, int number) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        byte[] said =
                switch (number % 4) {
                    case 0 -> new byte[0];
                    case 1 -> RawClient.bytes("\0\0\0\62\0\3");
                    case 2 -> RawClient.bytes("\0\0\47\20\0\3\0\0user\0" + "x".repeat(9_000));
                    default -> RawClient.bytes("\0\0\0\10\4\322\26\57");
                };
        try {
            socket.getOutputStream().write(said);
        } catch (IOException e) {
            // It was refused by then.
        }
        return socket;
    }
}
