package io.howdah.cli;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.seal.KeyRotation;
import io.howdah.backup.seal.KeySource;
import io.howdah.backup.seal.SealedStore;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Screen;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah backup rotate-key`.
@Command(
        name = "rotate-key",
        description = {
            "Have another key open an encrypted repository as well; then, when every node has it, no other one.",
            "What is stored stays as it is."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah backup rotate-key --key-file old.key --new-key-file new.key --repository /var/backups/orders",
            "  howdah backup rotate-key --key-file new.key --retire-others --repository /var/backups/orders"
        })
final class BackupRotateKeyCommand implements Callable<Integer> {

    @Mixin private RepositoryChoice repository = new RepositoryChoice();

    @Option(
            names = "--new-key-file",
            paramLabel = "FILE",
            description = "The key that is to open it as well.")
    private @Nullable Path newKeyFile;

    @Option(
            names = "--new-key-command",
            paramLabel = "WORD",
            description = "Instead: a program that prints it, and its arguments.")
    private List<String> newKeyCommand = List.of();

    @Option(
            names = "--retire-others",
            description = "Leave the present key as the only one that opens it.")
    private boolean retireOthers;

    BackupRotateKeyCommand() {}

    @Override
    public Integer call() {
        Optional<KeySource> other = other();
        if (other.isPresent() == retireOthers) {
            throw CommandFailure.wrongUsage(
                    "it is not said what is to change",
                    "name a new key with --new-key-file, or say --retire-others");
        }
        Repository found = Repository.open(repository.ownStore());
        if (!(found.store() instanceof SealedStore sealed)) {
            throw CommandFailure.failed(
                    "the repository in " + found.store() + " is not encrypted",
                    "begin an encrypted one elsewhere: its first backup with --key-file FILE");
        }
        var rotation = new KeyRotation(sealed);
        if (other.isPresent()) {
            rotation.add(other.get());
            print(
                    "the new key opens "
                            + sealed
                            + " too; give it to every node, then --retire-others");
        } else {
            int retired = rotation.retireOthers();
            print(
                    retired
                            + (retired == 1 ? " other key opens " : " other keys open ")
                            + sealed
                            + " no more");
        }
        return 0;
    }

    private static void print(String line) {
        Screen.standardOutput().print(List.of(line));
    }

    private Optional<KeySource> other() {
        if (newKeyFile != null && !newKeyCommand.isEmpty()) {
            throw CommandFailure.wrongUsage("two new keys are named", "name one of them");
        }
        if (newKeyFile != null) {
            return Optional.of(new KeySource.File(newKeyFile));
        }
        return newKeyCommand.isEmpty()
                ? Optional.empty()
                : Optional.of(new KeySource.Command(newKeyCommand));
    }
}
