package io.howdah.proxy.session;

import io.howdah.proxy.statement.ParsingSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// The settings of a session that differ from client to client and can be put back on another
/// server connection. A character of a value stands for one byte. Immutable.
///
/// @param reported what the server reports of itself whenever it changes (`ParameterStatus`);
///   `READ_ONLY` only where the session has set it
/// @param further settings that are not reported and that the client began with, and `search_path`
record SessionState(Map<String, String> reported, Map<String, String> further) {

    /// A server that takes no writes for a while says so by this setting, to all its sessions. So
    /// who has not set it goes by the server's configuration, wherever that goes meanwhile.
    static final String READ_ONLY = "default_transaction_read_only";

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
            Set.of("application_name", READ_ONLY, "scram_iterations");

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

    /// The same, but that `READ_ONLY` is as the server's configuration has it.
    SessionState withoutReadOnly() {
        if (!reported.containsKey(READ_ONLY)) {
            return this;
        }
        Map<String, String> changed = new LinkedHashMap<>(reported);
        changed.remove(READ_ONLY);
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
                || Stream.concat(reported.values().stream(), further.values().stream())
                        .allMatch(value -> value.chars().allMatch(c -> c < 0x80));
    }
}
