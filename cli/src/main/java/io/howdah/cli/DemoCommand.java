package io.howdah.cli;

import io.howdah.cli.demo.DemoDirectory;
import io.howdah.cli.demo.DemoOptions;
import io.howdah.cli.demo.DemoRemoval;
import io.howdah.cli.demo.DemoRun;
import io.howdah.cli.demo.DemoSettings;
import io.howdah.cli.demo.DemoSetup;
import io.howdah.cli.demo.DemoStop;
import io.howdah.cli.screen.Screen;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `howdah demo` and what belongs to it.
@Command(
        name = "demo",
        description = {
            "Run a whole cluster on this machine, every node a process of its own.",
            "Shows where to connect and how the cluster is; Ctrl-C stops it in order, and the same command goes on with it."
        },
        mixinStandardHelpOptions = true,
        subcommands = {DemoCommand.Stop.class, DemoCommand.Clean.class},
        footer = {
            "",
            "Example:",
            "  howdah demo",
            "  howdah demo --detach --directory /tmp/trial --base-port 7500"
        })
final class DemoCommand implements Callable<Integer> {

    @Option(
            names = "--nodes",
            paramLabel = "N",
            description = "How many nodes, 1 to 9; default: 3.")
    private @Nullable Integer nodes;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Where it keeps everything; default: ./howdah-demo.")
    private @Nullable Path directory;

    @Option(
            names = "--postgres",
            paramLabel = "PATH|embedded|auto",
            description =
                    "Which PostgreSQL; default: auto, the newest installed one (15 or later), else the embedded one.")
    private @Nullable String postgres;

    @Option(
            names = "--base-port",
            paramLabel = "PORT",
            description =
                    "Node i uses PORT+i (proxy), +20+i (PostgreSQL), +30+i (API), +40+i (consensus); default: 6500.")
    private @Nullable Integer basePort;

    @Option(
            names = "--witness",
            description =
                    "One more node, which votes and runs no PostgreSQL; default for --nodes is 2 then.")
    private boolean witness;

    @Option(
            names = "--hosts",
            description =
                    "Make each node a host of its own, with an address and a disk, which `howdah chaos` can cut off and fill; needs root on Linux, iproute2 and nftables.")
    private boolean hosts;

    @Option(
            names = "--repository",
            paramLabel = "URL",
            description =
                    "Archive WAL there, as it is written: a folder, which is made; default: nowhere.")
    private @Nullable String repository;

    @Option(
            names = "--detach",
            description = "Return when the cluster is ready and let it run in the background.")
    private boolean detach;

    @Option(names = "--no-restart", description = "Do not start a node again that was killed.")
    private boolean noRestart;

    @Option(
            names = "--supervise",
            hidden = true,
            description = "What --detach starts in the background.")
    private boolean supervise;

    DemoCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        DemoDirectory demo =
                DemoDirectory.at(
                        directory == null ? Path.of(DemoDirectory.DEFAULT_NAME) : directory);
        DemoSettings settings =
                new DemoSetup(demo)
                        .open(
                                new DemoOptions(
                                        nodes, basePort, postgres, witness, hosts, archive()));
        var run = new DemoRun(demo, settings, !noRestart, Screen.standardOutput());
        if (detach && !supervise) {
            run.detached();
        } else {
            run.inForeground();
        }
        return 0;
    }

    private @Nullable String archive() {
        return repository == null || repository.indexOf(':') >= 0
                ? repository
                : Path.of(repository).toAbsolutePath().normalize().toString();
    }

    /// What ends a demo: finds the one that is meant, and does so.
    abstract static class Ending implements Callable<Integer> {

        @Option(
                names = "--directory",
                paramLabel = "DIR",
                description = "The demo's directory; default: ./howdah-demo.")
        private @Nullable Path directory;

        @ParentCommand private DemoCommand demo = new DemoCommand();

        abstract void end(DemoDirectory found, Screen screen) throws InterruptedException;

        @Override
        public Integer call() throws InterruptedException {
            end(demo.find(directory), Screen.standardOutput());
            return 0;
        }
    }

    /// `howdah demo stop`.
    @Command(
            name = "stop",
            description = "Stop a demo in order: the replicas, then the primary.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example:", "  howdah demo stop"})
    static final class Stop extends Ending {

        Stop() {}

        @Override
        void end(DemoDirectory found, Screen screen) throws InterruptedException {
            boolean ran = new DemoStop(found, screen::print).stop();
            screen.print(
                    ran
                            ? "the demo in " + found.path() + " has stopped"
                            : "the demo in " + found.path() + " was not running");
        }
    }

    /// `howdah demo clean`.
    @Command(
            name = "clean",
            description = "Stop a demo and remove it with all its data.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example:", "  howdah demo clean --directory /tmp/trial"})
    static final class Clean extends Ending {

        Clean() {}

        @Override
        void end(DemoDirectory found, Screen screen) throws InterruptedException {
            new DemoStop(found, screen::print).stop();
            List<Path> left = new DemoRemoval(found).remove();
            screen.print("the demo in " + found.path() + " is removed");
            for (Path path : left) {
                screen.print("left alone, as it is not the demo's: " + path);
            }
        }
    }

    /// The demo that is meant: `howdah demo stop --directory DIR`, `howdah demo --directory DIR
    /// stop`, or the one found here.
    private DemoDirectory find(@Nullable Path ofSubcommand) {
        Path named = ofSubcommand == null ? directory : ofSubcommand;
        if (named != null) {
            return DemoDirectory.at(named);
        }
        Path here = Path.of("").toAbsolutePath();
        return DemoDirectory.findFrom(here)
                .orElse(DemoDirectory.at(here.resolve(DemoDirectory.DEFAULT_NAME)));
    }
}
