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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Asks the server that has the roles, over one connection that stays open.
public final class VerifierQuery implements VerifierSource {

    private static final Duration CALL = Duration.ofSeconds(5);

    private final LookupSettings settings;
    private final Supplier<@Nullable ServerAddress> server;
    private final ServerTls tls;
    private final Duration connectTimeout;
    private final boolean patient;
    private @Nullable PostgresConnection connection;
    private @Nullable ServerAddress connectedTo;

    /// @param server where that server is; null while there is none. Asked each time
    /// @param connectTimeout the longest that connecting and logging in may take
    /// @param patient whether refusals may be over soon, too: a cluster makes the role that asks by
    ///   itself, and a primary that was restarted lets nobody in for a moment
    public VerifierQuery(
            LookupSettings settings,
            Supplier<@Nullable ServerAddress> server,
            ServerTls tls,
            Duration connectTimeout,
            boolean patient) {
        this.patient = patient;
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

    private Knowledge ask(String user) throws LookupFailedException {
        ServerAddress now = server.get();
        if (now == null) {
            throw new LookupFailedException(
                    "cannot look up verifiers: the cluster has no primary", true, null);
        }
        PostgresConnection open = connection;
        if (open == null || !open.isOpen() || !now.equals(connectedTo)) {
            close();
            connectedTo = now;
            open = connect(now);
            connection = open;
        }
        Rows rows = open.query(settings.query(), user);
        return rows.first()
                .flatMap(row -> row.optionalText(rows.columns().getLast()))
                .map(Knowledge::of)
                .orElseGet(Knowledge.Unknown::new);
    }

    private PostgresConnection connect(ServerAddress now) {
        var plain =
                ConnectionSettings.of(now, settings.user())
                        .withDatabase(settings.database())
                        .withApplicationName("howdah proxy lookup")
                        .withTimeouts(connectTimeout, CALL);
        if (settings.password() != null) {
            plain = plain.withPassword(settings.password());
        }
        if (tls.mode() == ServerTlsMode.DISABLE || now instanceof ServerAddress.UnixSocket) {
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
                        + connectedTo
                        + " as "
                        + settings.user()
                        + ": "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                patient || isPassing(e),
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
