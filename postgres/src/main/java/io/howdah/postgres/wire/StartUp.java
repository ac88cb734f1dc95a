package io.howdah.postgres.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// The beginning of a session: the start-up message, authentication, and what the server reports
/// until it is ready.
final class StartUp {

    private static final int PROTOCOL_3_0 = 3 << 16;

    private final Wire wire;
    private final ConnectionSettings settings;
    private final Map<String, String> more;

    StartUp(Wire wire, ConnectionSettings settings, Map<String, String> more) {
        this.wire = wire;
        this.settings = settings;
        this.more = more;
    }

    void run(Duration limit) {
        wire.call(
                limit,
                "connecting as '" + settings.user() + "'",
                () -> {
                    sendParameters();
                    authenticate();
                    awaitReady();
                    return true;
                });
    }

    private void sendParameters() throws IOException {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", settings.user());
        parameters.put("database", settings.database());
        parameters.put("application_name", settings.applicationName());
        parameters.put("client_encoding", "UTF8");
        parameters.putAll(settings.serverSettings());
        parameters.putAll(more);
        MessageWriter message = wire.writer().begin((char) 0).writeInt(PROTOCOL_3_0);
        parameters.forEach((name, value) -> message.writeText(name).writeText(value));
        message.writeByte(0).end();
        wire.send();
    }

    private void authenticate() throws IOException {
        Authentication authentication = new Authentication(settings, wire.channelBinding());
        boolean admitted = false;
        while (!admitted) {
            switch (wire.receive()) {
                case 'R' -> {
                    admitted = authentication.answer(wire.body(), wire.writer());
                    wire.send();
                }
                case 'E' -> throw wire.readError();
                // The server speaks an older minor version: we use nothing beyond 3.0.
                case 'v' -> {}
                default -> throw unexpected();
            }
        }
    }

    private void awaitReady() throws IOException {
        while (true) {
            switch (wire.receive()) {
                case 'Z' -> {
                    wire.ready();
                    return;
                }
                case 'E' -> throw wire.readError();
                // The key for cancelling, which we do by closing.
                case 'K' -> {}
                default -> throw unexpected();
            }
        }
    }

    private static ProtocolException unexpected() {
        return new ProtocolException(
                "the server began with a message that does not belong there\nHINT: is this really a"
                        + " PostgreSQL server?");
    }
}
