package io.howdah.cli;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.Keeps;
import io.howdah.backup.repository.Repository;
import io.howdah.cli.screen.Screen;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `howdah backup release`.
@Command(
        name = "release",
        description = "Keep a backup no longer than the rules do: `howdah backup keep` ends.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah backup release 20261128-221500-0423f9"})
final class BackupReleaseCommand implements Callable<Integer> {

    @Mixin private RepositoryChoice repository = new RepositoryChoice();

    @Parameters(paramLabel = "ID", description = "Which backup, as `howdah backup list` names it.")
    private String id = "";

    BackupReleaseCommand() {}

    @Override
    public Integer call() {
        BackupId backup = BackupKeepCommand.id(id);
        Repository found = Repository.open(repository.ownStore());
        new Keeps(found.store()).release(new BackupCatalog(found), backup);
        Screen.standardOutput()
                .print(List.of("the backup " + backup + " stays as long as a rule keeps it"));
        return 0;
    }
}
