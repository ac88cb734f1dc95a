package io.howdah.node;

import io.howdah.cluster.member.SettingsCheck;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.node.api.ConfigChange;
import io.howdah.node.configuration.Suggestion;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Works out the configuration that a change leads to. Pure.
final class ConfigChanges {

    private static final String DURABILITY = "durability";
    private static final String STANDBYS = "synchronous-standbys";
    private static final String ACCESS = "postgres.access";
    private static final String KEYS =
            "durability, synchronous-standbys, postgres.parameters.NAME and postgres.access";

    /// What a node is told in its own `howdah.yaml`, by how the keys begin.
    private static final List<String> OF_NODES =
            List.of(
                    "cluster",
                    "node",
                    "directory",
                    "lease",
                    "tags",
                    "postgres.installation",
                    "postgres.memory-share",
                    "postgres.replication-password-file",
                    "postgres.rewind-password-file",
                    "postgres.bootstrap");

    /// A change that makes no sense, with what to do.
    static final class RefusedChangeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String hint;

        RefusedChangeException(String fact, String hint) {
            super(fact);
            this.hint = hint;
        }

        String hint() {
            return hint;
        }
    }

    private final ClusterState state;
    private final Map<String, SettingsCheck.Known> known;

    /// @param known the settings that PostgreSQL has; empty when it could not be asked
    ConfigChanges(ClusterState state, Map<String, SettingsCheck.Known> known) {
        this.state = state;
        this.known = known;
    }

    /// The settings after the change, as the next version.
    ///
    /// @throws RefusedChangeException when a key or a value makes no sense
    ClusterSettings applied(
            ClusterSettings current, ConfigChange change, String by, long atMillis) {
        boolean strict = !change.replace() && current.strict();
        int standbys = change.replace() ? 0 : current.synchronousStandbys();
        SortedMap<String, String> parameters =
                change.replace() ? new TreeMap<>() : new TreeMap<>(current.parameters());
        List<String> access = change.replace() ? List.of() : current.access();
        for (String key : change.defaults()) {
            switch (key) {
                case DURABILITY -> strict = false;
                case STANDBYS -> standbys = 0;
                case ACCESS -> access = List.of();
                default -> parameters.remove(parameter(key));
            }
        }
        for (Map.Entry<String, String> wanted : change.values().entrySet()) {
            String value = wanted.getValue();
            switch (wanted.getKey()) {
                case DURABILITY -> strict = isStrict(value);
                case STANDBYS -> standbys = standbys(value);
                default -> parameters.put(settable(parameter(wanted.getKey())), value);
            }
        }
        List<String> lines = change.access();
        return new ClusterSettings(
                current.version() + 1,
                by,
                atMillis,
                strict,
                standbys,
                parameters,
                lines == null ? access : lines);
    }

    private static String parameter(String key) {
        if (key.startsWith(ConfigChange.PARAMETER)) {
            return key.substring(ConfigChange.PARAMETER.length()).strip().toLowerCase(Locale.ROOT);
        }
        if (key.equals(ACCESS)) {
            throw new RefusedChangeException(
                    "postgres.access is a list of lines, not a value",
                    "`howdah config edit` changes lists");
        }
        if (OF_NODES.stream().anyMatch(start -> key.startsWith(start))) {
            throw new RefusedChangeException(
                    "'" + printable(key) + "' is not changed for the whole cluster",
                    "it stands in each node's howdah.yaml; here are " + KEYS);
        }
        throw new RefusedChangeException(
                "unknown key '"
                        + printable(key)
                        + "'"
                        + guess(key, List.of(DURABILITY, STANDBYS, "postgres.parameters", ACCESS)),
                "there are " + KEYS);
    }

    private String settable(String name) {
        SettingsCheck.Known setting = known.get(name);
        if (setting == null && !known.isEmpty() && name.indexOf('.') < 0) {
            throw new RefusedChangeException(
                    "unknown setting of PostgreSQL: '"
                            + printable(name)
                            + "'"
                            + guess(name, known.keySet()),
                    "the names are in PostgreSQL's view pg_settings");
        }
        if (setting != null && setting.context().equals("internal")) {
            throw new RefusedChangeException(
                    name + " cannot be set: it is how PostgreSQL was built or initialised",
                    "take it out");
        }
        return name;
    }

    private static String guess(String word, Collection<String> among) {
        // the guess reads _ as -, which the keys have
        Map<String, String> dashed = new TreeMap<>();
        among.forEach(name -> dashed.put(name.replace('_', '-'), name));
        return Suggestion.closest(word, dashed.keySet())
                .map(name -> "; did you mean '" + dashed.get(name) + "'?")
                .orElse("");
    }

    private static boolean isStrict(String value) {
        return switch (value) {
            case "available" -> false;
            case "strict" -> true;
            default ->
                    throw new RefusedChangeException(
                            "durability is '" + printable(value) + "', not available or strict",
                            "available: a primary without standbys goes on alone; strict: its commits wait");
        };
    }

    private int standbys(String value) {
        if (value.equals("auto")) {
            return 0;
        }
        if (!value.matches("[0-9]{1,4}") || Integer.parseInt(value) < 1) {
            throw new RefusedChangeException(
                    "synchronous-standbys is '"
                            + printable(value)
                            + "', not auto or a number from 1",
                    "auto is half of the standbys, rounded up");
        }
        long others = state.members().values().stream().filter(each -> !each.witness()).count() - 1;
        if (Integer.parseInt(value) > others) {
            throw new RefusedChangeException(
                    "synchronous-standbys is " + value + ", but there are " + others + " standbys",
                    "name at most as many as there are");
        }
        return Integer.parseInt(value);
    }

    /// What differs, as in `work_mem: 4MB -> 64MB`.
    static List<String> differences(ClusterSettings before, ClusterSettings after) {
        Map<String, String> old = flat(before);
        Map<String, String> now = flat(after);
        var all = new TreeMap<>(old);
        all.putAll(now);
        return all.keySet().stream()
                .filter(key -> !old.getOrDefault(key, "").equals(now.getOrDefault(key, "")))
                .map(key ->
                        key
                                + ": "
                                + old.getOrDefault(key, "default")
                                + " -> "
                                + now.getOrDefault(key, "default"))
                .toList();
    }

    private static Map<String, String> flat(ClusterSettings settings) {
        Map<String, String> flat = new TreeMap<>(settings.parameters());
        flat.put(DURABILITY, settings.strict() ? "strict" : "available");
        flat.put(STANDBYS, standbysText(settings));
        flat.put(ACCESS, settings.access().toString());
        return flat;
    }

    static String standbysText(ClusterSettings settings) {
        return settings.synchronousStandbys() == 0
                ? "auto"
                : Integer.toString(settings.synchronousStandbys());
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
