package io.howdah.cluster.adoption;

import io.howdah.cluster.state.Incarnation;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What an operator has confirmed: the database in this node's data directory is the cluster's.
/// Immutable.
///
/// @param role what it becomes
/// @param systemId which database is meant; no other that may lie there later
/// @param incarnation what its data directory will be known by
/// @param by who asked
/// @param parameters the former server's settings that the cluster keeps; empty for a standby
/// @param access the lines of its `pg_hba.conf` that the cluster keeps; empty for a standby
/// @param judged what a standby's data must be still when it is carried out; null for a primary
/// @param highest the highest timeline that a copy of a primary's database may be on; null where
///   that is its own
public record AdoptionOrder(
        Role role,
        SystemId systemId,
        Incarnation incarnation,
        String by,
        SortedMap<String, String> parameters,
        List<String> access,
        @Nullable Judged judged,
        @Nullable TimelineId highest) {

    /// What a database becomes.
    public enum Role {
        /// The cluster begins with it.
        PRIMARY,
        /// It follows the cluster's primary.
        STANDBY
    }

    /// Of a database that no copy is ahead of.
    public AdoptionOrder(
            Role role,
            SystemId systemId,
            Incarnation incarnation,
            String by,
            SortedMap<String, String> parameters,
            List<String> access,
            @Nullable Judged judged) {
        this(role, systemId, incarnation, by, parameters, access, judged, null);
    }

    /// @throws IllegalArgumentException where a standby was not judged, or a primary was
    public AdoptionOrder {
        if ((role == Role.STANDBY) != (judged != null)) {
            throw new IllegalArgumentException("judged: " + judged + " for a " + role);
        }
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        access = List.copyOf(access);
    }
}
