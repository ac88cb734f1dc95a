package io.howdah.node;

import io.howdah.cluster.deadman.SwitchFiles;
import io.howdah.cluster.member.Adoption;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.PostgresConfiguration;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.process.ProcessGrip;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A cluster that is begun anew, with a database that lies on one of its nodes: that node adopts it
/// when it starts, as it would any database that was made without it, and becomes the primary; the
/// others have nothing, and are made of it. Immutable.
///
/// @param configuration of that node
public record NewBeginning(NodeConfiguration configuration) {

    /// Refuses where the node has no database, or the cluster could begin with another one, or
    /// somebody may end what is done here.
    ///
    /// @param system the database that it is to begin with
    /// @param whose where that one is, in words: "the repository is of"
    /// @throws PostgresException with what to do
    public void require(SystemId system, String whose) {
        requireNamed(system, whose);
        requireNoSwitch();
    }

    private void requireNamed(SystemId system, String whose) {
        Optional<SystemId> named = Optional.ofNullable(postgres().systemIdentifier());
        if (!named.equals(Optional.of(system))) {
            throw new PostgresException(
                    "howdah.yaml of "
                            + configuration.node()
                            + named.map(id -> " names the database " + id)
                                    .orElse(" names no database")
                            + ", "
                            + whose
                            + " "
                            + system,
                    "write `system-identifier: "
                            + system
                            + "` below `postgres:` in the howdah.yaml of every node: then none begins"
                            + " with an empty database before this one");
        }
    }

    private PostgresConfiguration postgres() {
        PostgresConfiguration postgres = configuration.postgres();
        if (postgres == null) {
            throw new PostgresException(
                    configuration.node() + " is a witness: it has no database",
                    "do this on another node");
        }
        return postgres;
    }

    /// It would end a recovery, as it would a primary whose agent is gone.
    private void requireNoSwitch() {
        for (ProcessGrip found : new SwitchFiles(configuration.directory()).all()) {
            try (ProcessGrip running = found) {
                throw new PostgresException(
                        "the dead man's switch of "
                                + configuration.node()
                                + " runs, process "
                                + running.pid()
                                + ": it may end whatever PostgreSQL runs in "
                                + data(),
                        "stop howdah on this node; the switch of an agent that was killed ends by"
                                + " itself when that one's lease is over: run this again then");
            }
        }
    }

    /// Where the data directory is.
    ///
    /// @throws PostgresException where the node has none
    public Path data() {
        var _ = postgres();
        return Objects.requireNonNull(configuration.dataDirectory());
    }

    /// Where the nodes' agreement is kept.
    public Path consensus() {
        return configuration.directory().resolve("consensus");
    }

    /// What lies in the data directory is taken in when the node starts.
    ///
    /// @param by whose word it is: a command's
    /// @param highest the highest timeline that a copy of it may be on; null where that is its own
    public void order(SystemId system, String by, @Nullable TimelineId highest) {
        Adoption.orderAnew(
                configuration.directory().resolve("postgres"),
                system,
                OperatingSystemUser.forPostgres(),
                by,
                highest);
    }
}
