package io.howdah.cli.demo;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes a demo's directory, or picks up the demo that is there. Everything that can be refused is
/// refused before anything is created.
public final class DemoSetup {

    private final DemoDirectory directory;
    private final NodesPlace place;

    /// @param directory of the demo, there or not
    public DemoSetup(DemoDirectory directory) {
        this(directory, NodesPlace.ofThisMachine());
    }

    DemoSetup(DemoDirectory directory, NodesPlace place) {
        this.directory = directory;
        this.place = place;
    }

    /// The demo, with all its files in place. Not started.
    ///
    /// @throws CommandFailure when a demo runs here, the directory is something else, the options
    ///   contradict the demo that is here, or a port is in use
    public DemoSettings open(DemoOptions options) {
        if (directory.isForeign()) {
            throw CommandFailure.failed(
                    directory.path() + " is not empty, and no demo",
                    "choose another place with --directory DIR");
        }
        if (directory.lock().isHeld()) {
            throw CommandFailure.failed(
                    "a demo already runs in " + directory.path(),
                    "look at it with `howdah status --watch`, or stop it with `howdah demo stop`");
        }
        DemoSettings settings =
                directory.exists()
                        ? resumed(directory.requireSettings(), options)
                        : created(options);
        if (settings.hosts().isEmpty()) {
            requireFreePorts(settings);
        }
        if (!directory.exists()) {
            directory.write(DemoRecord.of(settings));
        }
        settings.hosts().ifPresent(DemoHosts::up);
        new DemoFiles(settings, options.repository()).complete();
        return settings;
    }

    private DemoSettings created(DemoOptions options) {
        int dataNodes =
                Objects.requireNonNullElse(
                        options.nodes(), options.witness() ? 2 : DemoOptions.DEFAULT_NODES);
        return new DemoSettings(
                options.witness() ? dataNodes + 1 : dataNodes,
                Objects.requireNonNullElse(options.basePort(), DemoOptions.DEFAULT_BASE_PORT),
                postgres(Objects.requireNonNullElse(options.postgres(), "auto")),
                place.forDemo(directory.path()),
                options.witness(),
                options.hosts() ? DemoHosts.choose(directory.path()) : null);
    }

    private DemoSettings resumed(DemoSettings settings, DemoOptions options) {
        requireSame("--nodes", options.nodes(), settings.dataNodes());
        requireMadeWith("--witness", options.witness(), settings.witness());
        requireMadeWith("--hosts", options.hosts(), settings.hosts().isPresent());
        requireMadeWith(
                "--repository",
                options.repository() != null,
                DemoFiles.hasSection(settings.configuration(1), "backup"));
        requireSame("--base-port", options.basePort(), settings.basePort());
        String postgres = options.postgres();
        requireSame(
                "--postgres", postgres == null ? null : postgres(postgres), settings.postgres());
        return settings;
    }

    private void requireMadeWith(String option, boolean asked, boolean is) {
        if (asked && !is) {
            throw CommandFailure.failed(
                    "the demo in " + directory.path() + " was made without " + option,
                    "leave "
                            + option
                            + " out, choose another --directory, or remove the demo with `howdah demo clean`");
        }
    }

    private void requireSame(String option, @Nullable Object asked, Object is) {
        if (asked != null && !asked.equals(is)) {
            throw CommandFailure.failed(
                    "the demo in "
                            + directory.path()
                            + " was made with "
                            + option
                            + " "
                            + is
                            + ", not "
                            + asked,
                    "leave "
                            + option
                            + " out, choose another --directory, or remove the demo with `howdah demo clean`");
        }
    }

    /// `embedded`, or the bin directory that is meant: what `auto` means is settled once, as data
    /// cannot change to another version when a newer one is installed.
    private static String postgres(String text) {
        String choice =
                text.equals("auto") || text.equals("embedded")
                        ? text
                        : Path.of(text).toAbsolutePath().normalize().toString();
        Installation found = new Installations(OperatingSystemUser.forPostgres()).choose(choice);
        return found.embedded() ? "embedded" : found.binDirectory().toString();
    }

    private void requireFreePorts(DemoSettings settings) {
        for (DemoSettings.Port port : settings.ports()) {
            if (isTaken(port.number()) && !isOurs(settings, port)) {
                throw CommandFailure.failed(
                        "port "
                                + port.number()
                                + " is in use (the demo needs it for the "
                                + port.use()
                                + " of "
                                + port.node()
                                + ")",
                        "stop what listens there, or "
                                + (directory.exists()
                                        ? "start another demo: --directory DIR --base-port N"
                                        : "choose other ports: --base-port "
                                                + (settings.basePort() + 1000)));
            }
        }
    }

    /// Whether a process of this demo, left behind by a supervisor that died, may be what listens
    /// there.
    private boolean isOurs(DemoSettings settings, DemoSettings.Port port) {
        if (!directory.exists()) {
            return false;
        }
        ProcessMark agent = directory.read().processes().get(port.node());
        Path node = settings.nodesDirectory().resolve(port.node());
        return (agent != null && agent.runs())
                || !LeftoverBeside.in(node).isEmpty()
                || !LeftoverPostgres.in(node).isEmpty();
    }

    private static boolean isTaken(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
