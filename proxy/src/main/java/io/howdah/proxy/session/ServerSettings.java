package io.howdah.proxy.session;

import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.statement.ParsingSettings;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is known of the settings of one server connection: what it reports, what it began with, and
/// what has to change before a client finds its own again.
final class ServerSettings {

    private final String user;
    private final Map<String, String> reported;
    private SessionState defaults = SessionState.NONE;
    private SessionState state;
    private SessionState parsedBy = SessionState.NONE;
    private ParsingSettings parsing = new ParsingSettings(Map.of());

    /// @param user as whom the proxy has logged in
    /// @param reported at the login
    ServerSettings(String user, Map<String, String> reported) {
        this.user = user;
        this.reported = new LinkedHashMap<>(reported);
        reported.forEach((name, value) -> defaults = defaults.with(name, value));
        state = defaults;
    }

    /// Reads a ParameterStatus.
    ///
    /// @param asked whether somebody may have asked for the change; else the server's own
    ///   configuration has changed
    /// @return whose value it is, or null when the message is damaged
    @Nullable String read(ByteBuf bytes, int body, int end, boolean asked) {
        String name;
        String value;
        try {
            name = Messages.text(bytes, body, end);
            value = Messages.text(bytes, body + name.length() + 1, end);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return null;
        }
        reported.put(name, value);
        state = state.with(name, value);
        if (!asked) {
            defaults = defaults.with(name, value);
        }
        return name;
    }

    SessionState state() {
        return state;
    }

    /// On what the meaning of a statement's text depends.
    @SuppressWarnings("ReferenceEquality") // as good as equal, and asked for each statement
    ParsingSettings parsing() {
        if (state != parsedBy) {
            parsedBy = state;
            parsing = state.parsing();
        }
        return parsing;
    }

    /// The connection now has exactly these settings.
    void become(SessionState reached) {
        state = reached;
    }

    /// What brings the settings of a client back; empty when nothing differs.
    String toPutBack(SessionState wanted) {
        return SettingsScript.putBack(state, wanted);
    }

    /// What a new client asks for; empty when that is so already.
    String toBegin(StartupSettings wished) {
        return SettingsScript.begin(state, defaults, wished);
    }

    /// A client has begun here with what it asked for.
    Welcome begun(StartupSettings wished) {
        state = state.withFurther(wished.further(defaults));
        return new Welcome(new LinkedHashMap<>(reported), state);
    }

    /// All was discarded.
    void reset() {
        state = state.withFurther(Map.of());
    }

    /// Whether nothing keeps these settings from being put back elsewhere.
    boolean canMove() {
        return user.equals(reported.getOrDefault("session_authorization", user))
                && state.canBePutBack(reported.getOrDefault("server_encoding", ""));
    }
}
