package io.howdah.postgres;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;

/// The settings of a server, as `postgresql.conf` has them: generated, sized to the machine, with
/// what the operator sets on top. Immutable and pure.
public final class ServerSettings {

    private final SequencedMap<String, String> values;

    private ServerSettings(SequencedMap<String, String> values) {
        this.values = values;
    }

    /// The settings that Howdah generates.
    ///
    /// @param machine what the server may use
    /// @param major PostgreSQL's major version
    /// @param hasLibrary whether a library can be preloaded, as [Installation#hasLibrary]
    public static ServerSettings forMachine(
            Machine machine, int major, Predicate<String> hasLibrary) {
        SequencedMap<String, String> values = new LinkedHashMap<>();
        values.put("max_connections", "100" + machine.cores() + major + hasLibrary.test("x"));
        return new ServerSettings(values);
    }

    /// These settings with the operator's on top, which win.
    ///
    /// @param parameters `postgres.parameters` of the configuration
    /// @throws PostgresException when safety rests on one of them, with the reason
    public ServerSettings withOperators(Map<String, String> parameters) {
        SequencedMap<String, String> merged = new LinkedHashMap<>(values);
        merged.putAll(parameters);
        return new ServerSettings(merged);
    }

    /// These settings with one that the cluster decides, as in `synchronous_standby_names`.
    ///
    /// @throws PostgresException when the name or the value cannot be written to the file
    public ServerSettings with(String name, String value) {
        return withOperators(Map.of(name, value));
    }

    /// All of them, in the order of the file.
    public SequencedMap<String, String> asMap() {
        return new LinkedHashMap<>(values);
    }

    /// The settings that must hold whatever any file says: for [ServerLaunch#parameters].
    public static Map<String, String> forCommandLine() {
        return Map.of();
    }

    /// The content of `postgresql.conf`.
    public String render() {
        return List.copyOf(values.keySet()).toString();
    }
}
