package io.howdah.cli.demo;

import org.jspecify.annotations.Nullable;

/// What the user asked for; null where nothing was said. Immutable.
///
/// @param nodes how many nodes with PostgreSQL
/// @param basePort the ports' base
/// @param postgres `auto`, `embedded` or the path of an installation
/// @param witness whether to have one more node, without PostgreSQL
/// @param hosts whether each node is to be a host of its own
/// @param repository the address of the repository that WAL is archived in
public record DemoOptions(
        @Nullable Integer nodes,
        @Nullable Integer basePort,
        @Nullable String postgres,
        boolean witness,
        boolean hosts,
        @Nullable String repository) {

    static final int DEFAULT_NODES = 3;
    static final int DEFAULT_BASE_PORT = 6500;

    /// Without a repository.
    public DemoOptions(
            @Nullable Integer nodes,
            @Nullable Integer basePort,
            @Nullable String postgres,
            boolean witness,
            boolean hosts) {
        this(nodes, basePort, postgres, witness, hosts, null);
    }

    /// Without a witness, hosts and a repository.
    public DemoOptions(
            @Nullable Integer nodes, @Nullable Integer basePort, @Nullable String postgres) {
        this(nodes, basePort, postgres, false, false, null);
    }
}
