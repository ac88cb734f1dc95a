package io.howdah.proxy.session;

import io.howdah.proxy.statement.ParsingSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The settings of a session that differ from client to client and can be put back on another
/// server connection. A character of a value stands for one byte. Immutable.
///
/// @param reported what the server reports of itself whenever it changes (`ParameterStatus`)
/// @param further settings that are not reported and that the client began with
record SessionState(Map<String, String> reported, Map<String, String> further) {

    /// What is reported and cannot be set, or not by everybody.
    private static final Set<String> FIXED =
            Set.of(
                    "server_version",
                    "server_encoding",
                    "integer_datetimes",
                    "in_hot_standby",
                    "is_superuser",
                    "session_authorization");

    /// What is reported and can be set, and has no part in what a statement means.
    private static final Set<String> MEANINGLESS =
            Set.of("application_name", "default_transaction_read_only", "scram_iterations");

    static final SessionState NONE = new SessionState(Map.of(), Map.of());

    /// The same after a report.
    SessionState with(String name, String value) {
        if (FIXED.contains(name) || value.equals(reported.get(name))) {
            return this;
        }
        Map<String, String> changed = new LinkedHashMap<>(reported);
        changed.put(name, value);
        return new SessionState(changed, further);
    }

    /// Whether it can be set, so that sessions may differ in it.
    static boolean isSettable(String name) {
        return !FIXED.contains(name);
    }

    SessionState withFurther(Map<String, String> settings) {
        return new SessionState(reported, settings);
    }

    /// On what the meaning of a statement's text may depend.
    ParsingSettings parsing() {
        Map<String, String> meaningful = new LinkedHashMap<>(reported);
        meaningful.keySet().removeAll(MEANINGLESS);
        meaningful.putAll(further);
        return new ParsingSettings(meaningful);
    }

    /// Whether the values can be written down in a statement: bytes beyond ASCII are written in the
    /// server's encoding, so they must have been read in it.
    boolean canBePutBack(String serverEncoding) {
        return serverEncoding.equals(reported.get("client_encoding"))
                || reported.values().stream()
                        .allMatch(value -> value.chars().allMatch(c -> c < 0x80));
    }
}
