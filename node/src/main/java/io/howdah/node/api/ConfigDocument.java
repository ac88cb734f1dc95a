package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// The configuration of the whole cluster, with the keys of `howdah.yaml`. Immutable.
///
/// @param version rises with every change
/// @param by who made this version
/// @param at when
/// @param durability `available` or `strict`
/// @param synchronousStandbys `auto`, or a number
/// @param postgres PostgreSQL's part
public record ConfigDocument(
        long version,
        String by,
        Instant at,
        String durability,
        @JsonProperty("synchronous-standbys") String synchronousStandbys,
        Postgres postgres) {

    /// PostgreSQL's part.
    ///
    /// @param parameters settings of `postgresql.conf`
    /// @param access lines of `pg_hba.conf`
    public record Postgres(SortedMap<String, String> parameters, List<String> access) {
        public Postgres {
            parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
            access = List.copyOf(access);
        }
    }

    /// @throws NullPointerException when a part is missing
    public ConfigDocument {
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(durability, "durability");
        Objects.requireNonNull(synchronousStandbys, "synchronousStandbys");
        Objects.requireNonNull(postgres, "postgres");
    }
}
