package io.howdah.cli;

import io.howdah.backup.repository.Lineage;
import io.howdah.backup.repository.Owner;
import io.howdah.backup.repository.Ownership;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.wal.NewestWal;
import io.howdah.cli.demo.DemoDirectory;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Confirmation;
import io.howdah.cli.screen.Quantity;
import io.howdah.cli.screen.Screen;
import io.howdah.node.backup.LeadersFile;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.SystemId;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah backup take-over`.
@Command(
        name = "take-over",
        description = {
            "Make a repository this node's cluster's, where another cluster with the same database"
                    + " wrote into it before.",
            "That is so after `howdah restore --cluster`. The former cluster, should it come back,"
                    + " writes nothing there any more."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah backup take-over --config /etc/howdah/howdah.yaml"})
final class BackupTakeOverCommand implements Callable<Integer> {

    @Mixin private RepositoryAddress repository = new RepositoryAddress();

    @Mixin private ServerChoice servers = new ServerChoice();

    @Option(names = "--yes", description = "Do not ask whether the other cluster is gone.")
    private boolean yes;

    BackupTakeOverCommand() {}

    @Override
    public Integer call() {
        Optional<DemoDirectory> demo = servers.demo();
        List<NodeConfiguration> nodes = servers.nodes(demo);
        if (nodes.isEmpty()) {
            throw CommandFailure.wrongUsage(
                    "no node is named", "name its howdah.yaml with --config FILE");
        }
        Lineage lineage =
                nodes.stream()
                        .map(node -> Lineage.read(LeadersFile.path(node.directory())))
                        .max(BackupTakeOverCommand::byNewest)
                        .orElseThrow();
        Optional<SystemId> database =
                nodes.stream().flatMap(each -> database(each).stream()).findFirst();
        List<ObjectStore> stores =
                servers.node().map(repository::storesOf).orElseGet(() -> repository.stores(demo));
        for (ObjectStore store : stores) {
            takeOver(store, lineage, database);
        }
        return 0;
    }

    private static int byNewest(Lineage one, Lineage other) {
        return Long.compare(epoch(one), epoch(other));
    }

    private static long epoch(Lineage lineage) {
        return lineage.newest().map(tenure -> tenure.epoch()).orElse(-1L);
    }

    /// Of which database a node has data; empty where it has none, or this user may not see them.
    private static Optional<SystemId> database(NodeConfiguration node) {
        Path directory = node.dataDirectory();
        if (directory == null) {
            return Optional.empty();
        }
        try {
            var data = new DataDirectory(directory, OperatingSystemUser.forPostgres());
            return data.content() == DataDirectory.Content.DATABASE
                    ? Optional.of(data.controlData().systemId())
                    : Optional.empty();
        } catch (PostgresException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private void takeOver(ObjectStore store, Lineage lineage, Optional<SystemId> database) {
        Repository _ =
                database.map(each -> Repository.open(store, each))
                        .orElseGet(() -> Repository.open(store));
        Optional<Owner> before = Ownership.read(store);
        boolean another = before.isPresent() && !lineage.includes(before.get().tenure());
        if (another && !yes) {
            Confirmation.require(warning(store, before.get()));
        }
        Optional<Owner> former = Ownership.takeOver(store, lineage);
        Screen.standardOutput()
                .print(
                        List.of(
                                store
                                        + " is this cluster's"
                                        + former.map(owner ->
                                                        " now; before it was that of " + owner)
                                                .orElse("")));
    }

    private static String warning(ObjectStore store, Owner owner) {
        return store
                + " is the repository of the cluster "
                + owner
                + "; "
                + NewestWal.age(store)
                        .map(age ->
                                "the newest WAL came there "
                                        + Quantity.millis(Math.max(0, age.toMillis()))
                                        + " ago")
                        .orElse("there is no WAL in it")
                + ". If that cluster runs, its WAL is archived no more";
    }
}
