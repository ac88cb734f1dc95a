package io.howdah.cli.screen;

import java.io.Console;
import java.util.Locale;
import java.util.Optional;

/// Asks before something that cannot be taken back, the same way everywhere: somebody at a terminal
/// is asked, everybody else has to say `--yes`.
public final class Confirmation {

    private Confirmation() {}

    /// Returns when somebody at a terminal has typed `yes`.
    ///
    /// @param what is going to happen, lower-case, with the names
    /// @throws CommandFailure when the answer is another, or nobody can be asked
    public static void require(String what) {
        ask(what, "yes");
    }

    /// The same for what costs data: asks for the cluster's name, so that nobody says yes to the
    /// wrong one.
    ///
    /// @throws CommandFailure when another name is typed, or nobody can be asked
    public static void requireName(String what, String cluster) {
        ask(what, cluster);
    }

    private static void ask(String what, String word) {
        // null where nobody sits, with the console that JDK 25 takes by default
        Optional<Console> console =
                Optional.ofNullable(System.console()).filter(Console::isTerminal);
        if (console.isEmpty()) {
            throw CommandFailure.wrongUsage(
                    what + ", and nobody can be asked here", "add --yes if that is what you want");
        }
        String answer = console.get().readLine("%s%nType %s to go on: ", what, word);
        if (answer == null
                || !answer.strip().toLowerCase(Locale.ROOT).equals(word.toLowerCase(Locale.ROOT))) {
            throw CommandFailure.failed("nothing was done", "type " + word + ", or add --yes");
        }
    }
}
