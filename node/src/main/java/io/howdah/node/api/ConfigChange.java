package io.howdah.node.api;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What somebody wants changed in the cluster's configuration, key by key. Immutable.
///
/// @param by who asks; null: not said
/// @param ifVersion refused unless this is the version that it changes; null: whichever it is
/// @param replace whether keys that are not named go back to their defaults
/// @param pause pause (true) or resume (false) first, as Patroni has it; null: neither
/// @param values the wanted values by their full keys, such as `postgres.parameters.work_mem`
/// @param defaults full keys that go back to their defaults
/// @param access the wanted lines of `postgres.access`; null: as they are
public record ConfigChange(
        @Nullable String by,
        @Nullable Long ifVersion,
        boolean replace,
        @Nullable Boolean pause,
        SortedMap<String, String> values,
        List<String> defaults,
        @Nullable List<String> access) {

    /// How each parameter's key begins.
    public static final String PARAMETER = "postgres.parameters.";

    public ConfigChange {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        defaults = List.copyOf(defaults);
        access = access == null ? null : List.copyOf(access);
    }

    /// Whether it says anything of the configuration.
    public boolean isEmpty() {
        return values.isEmpty() && defaults.isEmpty() && access == null && !replace;
    }
}
