package io.howdah.cli;

import picocli.CommandLine;

/// What the build runs once to make the start-up cache.
final class StartupTraining {
    private StartupTraining() {}

    public static void main(String[] arguments) {
        new CommandLine(new Howdah()).execute("--help");
    }
}
