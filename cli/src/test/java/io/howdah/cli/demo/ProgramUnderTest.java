package io.howdah.cli.demo;

import io.howdah.cli.program.HowdahCommand;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the tests on whole clusters run: the installation that the build has made, as users run it,
/// where the build names one; else the classes of this process.
public final class ProgramUnderTest {

    private static final String INSTALLATION = System.getProperty("howdah.test.installation");

    private ProgramUnderTest() {}

    /// What runs `howdah` with a node's options; the arguments follow it.
    public static List<String> nodeCommand() {
        return launcher().nodeCommand();
    }

    static NodeLauncher launcher() {
        return INSTALLATION == null
                ? NodeLauncher.likeThisProcess()
                : new NodeLauncher(installed("node"), installed("command"));
    }

    private static List<String> installed(String kind) {
        Path home = Path.of(Objects.requireNonNull(INSTALLATION));
        return HowdahCommand.of(home, classpath(home), kind);
    }

    /// The same, but nodes run that main class of the tests.
    static NodeLauncher launcher(Class<?> node, String option) {
        NodeLauncher usual = launcher();
        var command = new ArrayList<>(usual.nodeCommand());
        command.set(command.size() - 1, node.getName());
        int classpath = command.indexOf("-cp") + 1;
        // behind all that the start-up cache was made with
        command.set(classpath, command.get(classpath) + File.pathSeparator + folderOf(node));
        command.add(classpath - 1, option);
        return new NodeLauncher(command, usual.toolCommand());
    }

    /// As `launch/java.sh` has it: the start-up cache is for this very order.
    private static String classpath(Path installation) {
        try (Stream<Path> jars = Files.list(installation.resolve("lib"))) {
            return jars.map(Path::toString)
                    .sorted()
                    .collect(Collectors.joining(File.pathSeparator));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folderOf(Class<?> node) {
        try {
            return Path.of(node.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
