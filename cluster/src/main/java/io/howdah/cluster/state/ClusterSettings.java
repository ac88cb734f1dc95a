package io.howdah.cluster.state;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The settings that hold for the whole cluster and change while it runs. Only what every node must
/// apply alike is here. Immutable.
///
/// @param version 1 for those that the cluster began with; one more at each change
/// @param by who made this version
/// @param atMillis wall clock at the node that was asked; shown only
/// @param strict durability: writes wait rather than go on with the primary alone
/// @param synchronousStandbys how many must have flushed a commit; 0: half of them, rounded up
/// @param parameters settings of `postgresql.conf` by their lower-case names
/// @param access lines of `pg_hba.conf`, in their order
public record ClusterSettings(
        long version,
        String by,
        long atMillis,
        boolean strict,
        int synchronousStandbys,
        SortedMap<String, String> parameters,
        List<String> access) {

    public ClusterSettings {
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        access = List.copyOf(access);
    }

    /// Whether nothing but the version, who and when differs.
    public boolean saysTheSameAs(ClusterSettings other) {
        return strict == other.strict
                && synchronousStandbys == other.synchronousStandbys
                && parameters.equals(other.parameters)
                && access.equals(other.access);
    }
}
