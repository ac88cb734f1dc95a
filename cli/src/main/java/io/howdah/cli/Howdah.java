package io.howdah.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command `howdah`. Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 cannot reach a
/// node.
///
/// Nothing that a help text does not need (JSON, HTTP, consensus) is loaded before a command runs.
@Command(
        name = "howdah",
        description = "PostgreSQL that stays up and loses nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 cannot reach a node.",
            "",
            "Example:",
            "  howdah demo",
            "  howdah status --watch"
        })
public final class Howdah implements Runnable {

    private static final List<Class<?>> COMMANDS =
            List.of(
                    DemoCommand.class,
                    NodeCommand.class,
                    ProxyCommand.class,
                    BackupWorkerCommand.class,
                    StatusCommand.class,
                    HistoryCommand.class,
                    SwitchoverCommand.class,
                    FailoverCommand.class,
                    AdoptCommand.class,
                    RemoveCommand.class,
                    LeaveCommand.class,
                    RestartCommand.class,
                    ReinitCommand.class,
                    PauseCommand.class,
                    ResumeCommand.class,
                    ConfigCommand.class,
                    BackupCommand.class,
                    RestoreCommand.class,
                    RecoverCommand.class,
                    DrillCommand.class,
                    InitCommand.class,
                    ChaosCommand.class,
                    HelpCommand.class);

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show stack traces, and log more.")
    private boolean debug;

    @Spec private CommandSpec spec = CommandSpec.create();

    Howdah() {}

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /// Runs one command.
    ///
    /// @return its exit code
    public static int run(String... arguments) {
        return commandLineFor(arguments).execute(arguments);
    }

    /// The whole command line, ready to execute.
    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    /// What is needed of it for these arguments: to read the options of all commands takes longer
    /// than most of them run.
    static CommandLine commandLineFor(String... arguments) {
        return COMMANDS.stream()
                .filter(command -> arguments.length > 0 && isNamed(command, arguments[0]))
                .findFirst()
                .map(command -> commandLine(List.of(command)))
                .orElseGet(Howdah::commandLine);
    }

    /// `help` is about all of them.
    private static boolean isNamed(Class<?> command, String name) {
        return command != HelpCommand.class
                && command.getAnnotation(Command.class).name().equals(name);
    }

    private static CommandLine commandLine(List<Class<?>> commands) {
        var howdah = new Howdah();
        var errors = new ErrorReport(() -> howdah.debug);
        var line = new CommandLine(howdah);
        commands.forEach(line::addSubcommand);
        return line.setUsageHelpWidth(100)
                .setUsageHelpLongOptionsMaxWidth(36)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors);
    }

    /// Whether stack traces and more logging are wanted.
    boolean debug() {
        return debug;
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
