package io.howdah.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `howdah config`.
@Command(
        name = "config",
        description = {
            "Show or change the configuration of the whole cluster.",
            "howdah.yaml gives a new cluster its first one; from then on this one counts."
        },
        mixinStandardHelpOptions = true,
        subcommands = {
            ConfigShowCommand.class,
            ConfigSetCommand.class,
            ConfigUnsetCommand.class,
            ConfigEditCommand.class
        },
        footer = {
            "",
            "Keys: durability, synchronous-standbys, postgres.parameters.NAME, postgres.access (by edit).",
            "",
            "Example:",
            "  howdah config show",
            "  howdah config set postgres.parameters.work_mem=64MB durability=strict",
            "  howdah config edit"
        })
final class ConfigCommand implements Runnable {

    @Spec private CommandSpec spec = CommandSpec.create();

    ConfigCommand() {}

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
