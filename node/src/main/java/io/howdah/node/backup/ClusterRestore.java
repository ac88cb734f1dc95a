package io.howdah.node.backup;

import io.howdah.backup.BackupException;
import io.howdah.cluster.deadman.SwitchFiles;
import io.howdah.cluster.member.Adoption;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.PostgresConfiguration;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.process.ProcessGrip;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// A whole cluster is begun anew with what is restored on one of its nodes: that node adopts it
/// when it starts, as it would any database that was made without it, and becomes the primary; the
/// others have nothing, and are made of it.
///
/// @param configuration of that node
/// @param system which database it is
public record ClusterRestore(NodeConfiguration configuration, SystemId system) {

    /// Refuses where the cluster could begin with something else, or has not ended.
    ///
    /// @throws BackupException with what to do
    public void require() {
        PostgresConfiguration postgres = configuration.postgres();
        if (postgres == null) {
            throw new BackupException(
                    configuration.node() + " is a witness: it has no database",
                    "restore on another node");
        }
        Optional<SystemId> named = Optional.ofNullable(postgres.systemIdentifier());
        if (!named.equals(Optional.of(system))) {
            throw new BackupException(
                    "howdah.yaml of "
                            + configuration.node()
                            + named.map(id -> " names the database " + id)
                                    .orElse(" names no database")
                            + ", the repository is of "
                            + system,
                    "write `system-identifier: "
                            + system
                            + "` below `postgres:` in the howdah.yaml of every node: then none begins"
                            + " with an empty database while this one is restored");
        }
        Path consensus = configuration.directory().resolve("consensus");
        if (!isEmpty(consensus)) {
            throw new BackupException(
                    "the former cluster's agreement is in " + consensus + " still",
                    "stop howdah on every node, and move this directory away on each; what is"
                            + " restored begins a new one");
        }
        requireNoSwitch();
    }

    /// It would end the recovery, as it would a primary whose agent is gone.
    private void requireNoSwitch() {
        for (ProcessGrip found : new SwitchFiles(configuration.directory()).all()) {
            try (ProcessGrip running = found) {
                throw new BackupException(
                        "the dead man's switch of "
                                + configuration.node()
                                + " runs, process "
                                + running.pid()
                                + ": it may end whatever PostgreSQL runs in "
                                + directory(),
                        "stop howdah on this node; the switch of an agent that was killed ends by"
                                + " itself when that one's lease is over: run this again then");
            }
        }
    }

    /// Where the data directory is to be.
    public Path directory() {
        return Objects.requireNonNull(configuration.dataDirectory());
    }

    /// What is restored there is taken in when the node starts.
    public void order() {
        Adoption.orderRestored(
                configuration.directory().resolve("postgres"),
                system,
                OperatingSystemUser.forPostgres());
    }

    private static boolean isEmpty(Path directory) {
        if (!Files.isDirectory(directory)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + directory, e);
        }
    }
}
