package io.howdah.cli;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Screen;
import io.howdah.cli.screen.Style;
import io.howdah.node.api.NodeUnreachableException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns whatever went wrong into a fact, a hint and an exit code. Stack traces are shown with
/// `--debug` only.
final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private final BooleanSupplier debug;

    /// @param debug whether to show stack traces, asked when something went wrong
    ErrorReport(BooleanSupplier debug) {
        this.debug = debug;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String help = "see `" + command.getCommandSpec().qualifiedName() + " --help`";
        print(command, fact(e), suggestion(e) + help);
        if (List.of(arguments).contains("--debug")) {
            e.printStackTrace(command.getErr());
        }
        return CommandFailure.WRONG_USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        if (debug.getAsBoolean()) {
            e.printStackTrace(command.getErr());
        }
        String message = e.getMessage();
        if (message != null && message.contains("\nHINT: ")) {
            String[] parts = message.split("\nHINT: ", 2);
            print(command, parts[0], parts[1]);
        } else if (e instanceof UncheckedIOException io) {
            print(
                    command,
                    io.getMessage() + ": " + io.getCause(),
                    "look at the owner and mode of that file and of the folders above it, and at the"
                            + " free space there");
        } else if (isRefusal(e) && message != null) {
            printFact(command, message);
        } else {
            print(
                    command,
                    "unexpected: " + e,
                    "this is a bug; run it again with --debug and report what it shows");
        }
        return exitCode(e);
    }

    private static boolean isRefusal(Exception e) {
        return e.getClass().getPackageName().startsWith("io.howdah.");
    }

    private static int exitCode(Exception e) {
        return switch (e) {
            case CommandFailure failure -> failure.exitCode();
            case NodeUnreachableException _ -> CommandFailure.UNREACHABLE;
            default -> CommandFailure.FAILED;
        };
    }

    private static String fact(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            boolean command = !e.getCommandLine().getSubcommands().isEmpty();
            return (command ? "unknown command '" : "unexpected argument '")
                    + unmatched.getUnmatched().getFirst()
                    + "'";
        }
        String message =
                String.valueOf(e.getMessage())
                        .strip()
                        .replaceFirst("is not an? (int|long)$", "is not a whole number");
        if (e instanceof MissingParameterException) {
            message =
                    message.replace("Missing required options", "missing")
                            .replace("Missing required option", "missing");
        }
        return message.isEmpty()
                ? "wrong usage"
                : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    private static String suggestion(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                return "did you mean "
                        + String.join(
                                " or ", suggestions.subList(0, Math.min(2, suggestions.size())))
                        + "? Or ";
            }
        }
        return "";
    }

    private static void print(CommandLine command, String fact, String hint) {
        printFact(command, fact);
        PrintWriter err = command.getErr();
        err.println("HINT: " + hint);
        err.flush();
    }

    private static void printFact(CommandLine command, String fact) {
        PrintWriter err = command.getErr();
        err.println(Screen.standardError().paint(Style.RED, fact));
        err.flush();
    }
}
