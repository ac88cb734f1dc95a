package io.howdah.cli;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Screen;
import io.howdah.node.api.ClusterStatus;
import java.io.Console;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks a person before something that cannot be undone.
final class Confirmation {

    private Confirmation() {}

    /// Has the cluster's name typed before writes are given up.
    ///
    /// @throws CommandFailure when it is not, or nobody is there to type it
    static void ofDataLoss(ClusterStatus status, String candidate) {
        Console console =
                terminal()
                        .orElseThrow(() ->
                                CommandFailure.wrongUsage(
                                        "--allow-data-loss needs a confirmation, and this is not a terminal",
                                        "add --yes when acknowledged writes may really be given up"));
        Screen.standardError()
                .print(
                        List.of(
                                candidate
                                        + " may lack acknowledged writes. They are gone for good once it leads; the history will say who asked."));
        require(
                status.cluster(),
                console.readLine("Type the cluster's name, %s, to go on: ", status.cluster()));
    }

    /// Whoever sits at a terminal.
    static Optional<Console> terminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal);
    }

    /// @throws CommandFailure when it is another name, or none
    static void require(String cluster, @Nullable String typed) {
        if (typed == null || !typed.strip().equals(cluster)) {
            throw CommandFailure.failed(
                    "nothing was done: the cluster's name was not typed", "it is " + cluster);
        }
    }
}
