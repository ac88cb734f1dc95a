package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Outcome;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// One session of a client, as an application has it: PostgreSQL's own JDBC driver, every wait with
/// a bound. For one thread, but for the ways to disturb it, which any thread may use.
final class Session implements AutoCloseable {

    /// Seen in `pg_stat_activity`.
    static final String APPLICATION = "howdah chaos";

    private static final int CONNECT_SECONDS = 2;
    private static final int LOGIN_SECONDS = 2;
    private static final int ANSWER_SECONDS = 5;
    private static final int CANCEL_SECONDS = 2;
    private static final int FETCH_ROWS = 5_000;

    /// What is done with a row.
    interface RowReader {
        void row(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    private final int backend;
    private volatile @Nullable Statement running;
    private boolean warned;
    private boolean commitSent;

    private Session(Connection connection, int backend) {
        this.connection = connection;
        this.backend = backend;
    }

    /// Connects to a server.
    ///
    /// @param address with its port
    /// @param primary whether it must accept writes
    /// @throws SQLException when it does not, or cannot be reached
    static Session open(String address, boolean primary) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", "app");
        properties.setProperty("password", "app");
        properties.setProperty("sslmode", "disable");
        properties.setProperty("ApplicationName", APPLICATION);
        properties.setProperty("connectTimeout", "" + CONNECT_SECONDS);
        properties.setProperty("loginTimeout", "" + LOGIN_SECONDS);
        properties.setProperty("socketTimeout", "" + ANSWER_SECONDS);
        properties.setProperty("cancelSignalTimeout", "" + CANCEL_SECONDS);
        properties.setProperty("targetServerType", primary ? "primary" : "any");
        // What an earlier attempt found out about the server may be wrong by now.
        properties.setProperty("hostRecheckSeconds", "0");
        Connection connection =
                DriverManager.getConnection("jdbc:postgresql://" + address + "/app", properties);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_catalog.pg_backend_pid()")) {
            row.next();
            return new Session(connection, row.getInt(1));
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /// Forgets what was said about the last transaction.
    void begin(boolean singleStatement) throws SQLException {
        warned = false;
        commitSent = singleStatement;
        connection.clearWarnings();
        if (!singleStatement) {
            execute("begin");
        }
    }

    void commit() throws SQLException {
        commitSent = true;
        execute("commit");
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            running = statement;
            statement.execute(sql);
            warned |= statement.getWarnings() != null;
        } finally {
            running = null;
        }
        warned |= connection.getWarnings() != null;
    }

    /// Runs a statement with whole numbers as its values, and hands over the rows that it answers.
    void query(String sql, RowReader reader, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            running = statement;
            if (statement.execute()) {
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        reader.row(rows);
                    }
                }
            }
            warned |= statement.getWarnings() != null;
        } finally {
            running = null;
        }
        warned |= connection.getWarnings() != null;
    }

    /// Runs a statement that answers no rows.
    void update(String sql, Object... values) throws SQLException {
        query(sql, _ -> {}, values);
    }

    /// One number.
    long number(String sql, Object... values) throws SQLException {
        long[] found = {0};
        query(sql, row -> found[0] = row.getLong(1), values);
        return found[0];
    }

    /// Reads many rows in one snapshot without keeping them in memory.
    ///
    /// @param answerMillis how long the server may take for each part
    void stream(String sql, int answerMillis, RowReader reader) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, answerMillis);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(FETCH_ROWS);
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    reader.row(rows);
                }
            }
        }
        connection.rollback();
        connection.setAutoCommit(true);
    }

    /// What the client knows of its transaction when no error came.
    Outcome outcome() {
        return warned ? Outcome.LOCAL_ONLY : Outcome.ACKNOWLEDGED;
    }

    /// What the client knows of its transaction when this came instead of an answer.
    Outcome outcome(SQLException failure) {
        return !commitSent || isRefusal(failure) ? Outcome.REFUSED : Outcome.UNKNOWN;
    }

    /// An error after which the session goes on says that the transaction is not committed. FATAL,
    /// or the loss of the connection, may come in the midst of a commit; the driver closes it then.
    boolean isRefusal(SQLException failure) {
        String state = failure.getSQLState();
        try {
            return state != null && !state.startsWith("08") && !connection.isClosed();
        } catch (SQLException e) {
            return false;
        }
    }

    /// Ends what an error has left open.
    void rollback() throws SQLException {
        execute("rollback");
    }

    /// The process that serves this session.
    int backend() {
        return backend;
    }

    /// Asks the server, over a connection of its own, to cancel what runs.
    void cancel() throws SQLException {
        Statement statement = running;
        if (statement != null) {
            statement.cancel();
        }
    }

    /// Closes the socket without a word, in the middle of whatever runs.
    void drop() throws SQLException {
        connection.abort(Runnable::run);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // It is given up either way.
        }
    }
}
