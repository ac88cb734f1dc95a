package io.howdah.cli.screen;

import org.jspecify.annotations.Nullable;

/// A command cannot be carried out. What is printed is the fact and then the hint.
public final class CommandFailure extends RuntimeException {

    /// Refused or failed.
    public static final int FAILED = 1;

    /// Wrong usage.
    public static final int WRONG_USAGE = 2;

    /// No node can be reached.
    public static final int UNREACHABLE = 3;

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private CommandFailure(int exitCode, String fact, String hint, @Nullable Throwable cause) {
        super(fact + "\nHINT: " + hint, cause);
        this.exitCode = exitCode;
    }

    /// It was refused or failed.
    ///
    /// @param fact what is the case, lower-case, with the values
    /// @param hint what to do next, without the word HINT
    public static CommandFailure failed(String fact, String hint) {
        return new CommandFailure(FAILED, fact, hint, null);
    }

    /// It failed because of `cause`.
    public static CommandFailure failed(String fact, String hint, Throwable cause) {
        return new CommandFailure(FAILED, fact, hint, cause);
    }

    /// What was typed makes no sense.
    public static CommandFailure wrongUsage(String fact, String hint) {
        return new CommandFailure(WRONG_USAGE, fact, hint, null);
    }

    /// The exit code that the command ends with.
    public int exitCode() {
        return exitCode;
    }
}
