package io.howdah.cli.screen;

import java.io.Console;
import java.util.Locale;
import java.util.Optional;

/// Asks before something that cannot be undone.
public final class Confirmation {

    private Confirmation() {}

    /// Returns when somebody at a terminal has typed `yes`.
    ///
    /// @param what is going to happen, lower-case, with the names
    /// @throws CommandFailure when the answer is another, or nobody can be asked
    public static void require(String what) {
        // null where nobody sits, with the console that JDK 25 takes by default
        Optional<Console> console =
                Optional.ofNullable(System.console()).filter(Console::isTerminal);
        if (console.isEmpty()) {
            throw CommandFailure.wrongUsage(
                    what + ", and nobody can be asked here", "add --yes if that is what you want");
        }
        String answer = console.get().readLine("%s%nType yes to go on: ", what);
        if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).equals("yes")) {
            throw CommandFailure.failed("nothing was done", "type yes, or add --yes");
        }
    }
}
