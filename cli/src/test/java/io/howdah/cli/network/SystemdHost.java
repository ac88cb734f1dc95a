package io.howdah.cli.network;

import io.howdah.cli.host.Tool;
import io.howdah.cli.host.VirtualNetwork;
import io.howdah.testing.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A host of a virtual network whose PID 1 is systemd, with processes and files of its own: see the
/// script. Closing it is a power cut, and so is the end of this process. For one thread.
final class SystemdHost implements AutoCloseable {

    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final Path SCRIPT =
            Path.of("src/test/resources/io/howdah/cli/network/systemd-host").toAbsolutePath();
    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

    private final Process guard;
    private final long init;

    private SystemdHost(Process guard, long init) {
        this.guard = guard;
        this.init = init;
    }

    /// Why there can be no such host on this machine; null when nothing speaks against it.
    static @Nullable String obstacle() {
        for (String program : List.of("/usr/lib/systemd/systemd", "/usr/bin/systemctl")) {
            if (!Files.isExecutable(Path.of(program))) {
                return "there is no " + program + " (Debian: systemd)";
            }
        }
        return null;
    }

    /// Starts it.
    ///
    /// @param folder for what it keeps: its `etc`, `data` and `program` are there
    /// @throws IllegalStateException when this machine refuses, with what it said
    static SystemdHost start(String name, VirtualNetwork network, Path folder) throws IOException {
        var command = new ArrayList<>(network.command(name));
        command.addAll(
                List.of(
                        SCRIPT.toString(),
                        folder.toString(),
                        name,
                        CHECKOUT.toString(),
                        JAVA_HOME.toString()));
        Path said = folder.resolve("said");
        Process guard = new ProcessBuilder(command).redirectError(said.toFile()).start();
        String number;
        try (var out = new BufferedReader(guard.inputReader(StandardCharsets.UTF_8))) {
            number = out.readLine();
        }
        if (number == null) {
            guard.destroyForcibly();
            throw new IllegalStateException(Files.readString(said).strip());
        }
        var host = new SystemdHost(guard, Long.parseLong(number));
        Await.until("systemd answers on " + name, host::isUp);
        return host;
    }

    private boolean isUp() {
        try {
            return run("systemctl", "is-active", "multi-user.target").strip().equals("active");
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /// Installs the program that the build has made.
    void install(String directory) {
        run(CHECKOUT.resolve("packaging/install").toString(), directory, JAVA_HOME.toString());
    }

    /// Runs a program there, as root.
    ///
    /// @return what it printed
    /// @throws IllegalStateException when it fails, with what it said
    String run(String... command) {
        var all =
                new ArrayList<>(List.of("nsenter", "--target", Long.toString(init), "--all", "--"));
        all.addAll(Arrays.asList(command));
        return Tool.run(all);
    }

    /// A file there, as this process reaches it.
    Path file(String absolute) {
        return Path.of("/proc/" + init + "/root" + absolute);
    }

    /// One property of the service.
    String property(String name) {
        return run("systemctl", "show", "--property=" + name, "--value", "howdah").strip();
    }

    /// The agent, as that host counts processes; 0: none.
    long agent() {
        return Long.parseLong(property("MainPID"));
    }

    /// Sends a signal to the agent alone.
    void signalAgent(String signal) {
        run("kill", "-" + signal, Long.toString(agent()));
    }

    /// The processes there with that name, as that host counts them; without the remains of one
    /// that has ended, and whose parent has not heard of it yet.
    List<Long> processes(String name) {
        try (Stream<Path> all = Files.list(file("/proc"))) {
            return all.map(path -> path.getFileName().toString())
                    .filter(number -> number.matches("[0-9]+"))
                    .filter(number -> name.equals(line(file("/proc/" + number + "/comm"))))
                    .filter(number -> !line(file("/proc/" + number + "/cmdline")).isEmpty())
                    .map(Long::parseLong)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The first line of a file; empty when there is none.
    static String line(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst().orElse("");
        } catch (IOException | UncheckedIOException e) {
            // a process that has just ended, or a file that is not there yet
            return "";
        }
    }

    @Override
    public void close() {
        try {
            guard.getOutputStream().close();
            guard.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
