package io.howdah.proxy.verifier;

import io.howdah.postgres.wire.ConnectionFailedException;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.DeadlineExceededException;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.Rows;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.postgres.wire.WireException;
import io.howdah.proxy.encryption.ServerTls;
import io.howdah.proxy.settings.LookupSettings;
import io.howdah.proxy.settings.ServerTlsMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Asks the server that has the roles, over one connection that stays open.
public final class VerifierQuery implements VerifierSource {

    private static final Duration CALL = Duration.ofSeconds(5);

    private final LookupSettings settings;
    private final ServerAddress server;
    private final ServerTls tls;
    private final Duration connectTimeout;
    private @Nullable PostgresConnection connection;

    /// @param connectTimeout the longest that connecting and logging in may take
    public VerifierQuery(
            LookupSettings settings, ServerAddress server, ServerTls tls, Duration connectTimeout) {
        this.settings = settings;
        this.server = server;
        this.tls = tls;
        this.connectTimeout = connectTimeout;
    }

    @Override
    public Knowledge find(String user) throws LookupFailedException {
        boolean kept = connection != null;
        try {
            return ask(user);
        } catch (WireException e) {
            close();
            // A connection that lay unused may have ended meanwhile: once more with a new one.
            if (kept && isPassing(e)) {
                return findAnew(user);
            }
            throw failed(e);
        }
    }

    private Knowledge findAnew(String user) throws LookupFailedException {
        try {
            return ask(user);
        } catch (WireException e) {
            close();
            throw failed(e);
        }
    }

    private Knowledge ask(String user) {
        PostgresConnection open = connection;
        if (open == null || !open.isOpen()) {
            open = connect();
            connection = open;
        }
        Rows rows = open.query(settings.query(), user);
        return rows.first()
                .flatMap(row -> row.optionalText(rows.columns().getLast()))
                .map(Knowledge::of)
                .orElseGet(Knowledge.Unknown::new);
    }

    private PostgresConnection connect() {
        var plain =
                ConnectionSettings.of(server, settings.user())
                        .withDatabase(settings.database())
                        .withApplicationName("howdah proxy lookup")
                        .withTimeouts(connectTimeout, CALL);
        if (settings.password() != null) {
            plain = plain.withPassword(settings.password());
        }
        if (tls.mode() == ServerTlsMode.DISABLE || server instanceof ServerAddress.UnixSocket) {
            return PostgresConnection.open(plain);
        }
        try {
            return PostgresConnection.open(plain.withTls(tls.context()));
        } catch (ConnectionFailedException e) {
            if (tls.mode() != ServerTlsMode.PREFER) {
                throw e;
            }
            return PostgresConnection.open(plain);
        }
    }

    private LookupFailedException failed(WireException e) {
        return new LookupFailedException(
                "cannot look up verifiers at "
                        + server
                        + " as "
                        + settings.user()
                        + ": "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                isPassing(e),
                e);
    }

    /// Whether it is the server's state, and not what it was asked.
    private static boolean isPassing(WireException e) {
        return switch (e) {
            case PostgresServerException answer ->
                    answer.sqlState().startsWith("57")
                            || answer.sqlState().startsWith("53")
                            || answer.sqlState().startsWith("08");
            case ConnectionFailedException _, DeadlineExceededException _ -> true;
            default -> false;
        };
    }

    @Override
    public void close() {
        PostgresConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }
}
