package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.howdah.cli.CommandLines;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberState;
import io.howdah.node.authority.Credentials;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the documents tell people to type does what they promise: each line is run, in the order in
/// which it stands, against one demo in the background, as a process of its own in that demo's
/// folder.
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DocumentsRunTest {

    private static final Path ROOT = Path.of("..");
    private static final List<String> DOCUMENTS =
            List.of("README.md", "docs/install.md", "docs/backup.md", "docs/operations.md");

    /// The demo's ports in the documents are those of the default.
    private static final Pattern PORT = Pattern.compile("\\b65([0-9]{2})\\b");

    private static final int DEFAULT_PORT = 6500;
    private static final long COMMAND_SECONDS = 240;

    private final Path folder = DemoCluster.reachableDirectory();
    private final int basePort = FreePorts.block(50);

    @BeforeAll
    void startDemo() throws Exception {
        assertThat(howdah(demo("--detach"))).isZero();
    }

    @AfterAll
    void removeDemo() throws Exception {
        howdah(List.of("demo", "clean"));
        new DurableFiles(OperatingSystemUser.ourselves()).deleteTree(folder);
    }

    private List<String> demo(String... more) {
        var arguments =
                new ArrayList<>(
                        List.of("demo", "--postgres", "embedded", "--base-port", "" + basePort));
        arguments.addAll(List.of(more));
        return arguments;
    }

    static Stream<DocumentedLine> lines() {
        return DOCUMENTS.stream()
                .flatMap(document -> DocumentedLine.in(ROOT.resolve(document)).stream());
    }

    static Stream<DocumentedLine> commands() {
        return lines().filter(DocumentedLine::isHowdah);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commandExists(DocumentedLine line) {
        assertThatCode(() -> CommandLines.parse(line.arguments())).doesNotThrowAnyException();
    }

    /// All in one, as one line may need what the one before it did.
    @Test
    void everyLineDoesWhatItPromises() throws Exception {
        for (DocumentedLine line : lines().toList()) {
            if (line.isForAHost()) {
                continue;
            }
            if (line.isCurl()) {
                assertThat(get(line.arguments())).as(line.toString()).isEqualTo(line.expected());
            } else if (line.isHowdah()) {
                run(line);
            }
        }
    }

    private void run(DocumentedLine line) throws Exception {
        List<String> arguments = line.arguments();
        boolean starts = arguments.getFirst().equals("demo");
        if (starts && (arguments.size() == 1 || arguments.contains("--detach"))) {
            // in the foreground it would never end; in the background it goes on with what is there
            howdah(List.of("demo", "stop"));
            arguments = demo("--detach");
        }
        if (isChange(arguments)) {
            ClusterStatus before = awaitWhole();
            int to = arguments.indexOf("--to");
            if (to > 0 && line.expected() == 0 && arguments.get(to + 1).equals(before.leader())) {
                // the reader's cluster is led by another one
                howdah(List.of("switchover"));
                awaitWhole();
            }
        }
        assertThat(howdah(arguments))
                .as("%s\n%s", line, Files.readString(folder.resolve("out")))
                .isEqualTo(line.expected());
    }

    private static boolean isChange(List<String> arguments) {
        return !List.of("demo", "init", "backup", "restore", "drill", "--version", "help")
                .contains(arguments.getFirst());
    }

    /// As `curl` asks: with the administrator's certificate where the line names it.
    private int get(List<String> arguments) throws IOException {
        Path admin = folder.resolve("howdah-demo/admin");
        Path nobody = folder.resolve("nobody");
        Files.createDirectories(nobody);
        Files.copy(
                admin.resolve("authority.crt"),
                nobody.resolve("authority.crt"),
                StandardCopyOption.REPLACE_EXISTING);
        var connection =
                (HttpsURLConnection) URI.create(here(arguments.getLast())).toURL().openConnection();
        connection.setSSLSocketFactory(
                Credentials.read(arguments.contains("--cert") ? admin : nobody).sockets());
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }

    private String here(String text) {
        return PORT.matcher(text)
                .replaceAll(match ->
                        Integer.toString(
                                Integer.parseInt(match.group()) - DEFAULT_PORT + basePort));
    }

    /// A change of the primary needs somebody to change to.
    private ClusterStatus awaitWhole() {
        ApiClient client =
                DemoDirectory.at(folder.resolve("howdah-demo")).requireSettings().client();
        Await.until(
                "all run, two of them synchronous",
                () -> {
                    try {
                        ClusterStatus cluster = client.cluster();
                        return cluster.leader() != null
                                && cluster.members().stream()
                                        .allMatch(member ->
                                                member.state() == MemberState.RUNNING
                                                        && (member.sync()
                                                                || member.name()
                                                                        .equals(cluster.leader())));
                    } catch (ApiException e) {
                        return false;
                    }
                });
        return client.cluster();
    }

    private int howdah(List<String> arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(ProgramUnderTest.launcher().toolCommand());
        arguments.forEach(argument -> command.add(here(argument)));
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("out").toFile())
                        .start();
        assertThat(process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS))
                .as("%s ends", arguments)
                .isTrue();
        return process.exitValue();
    }

    /// What a host's own lines name is shipped.
    @Test
    void filesOfTheCheckoutThatTheDocumentsNameAreThere() throws IOException {
        Pattern file = Pattern.compile("(?:^|[\\s`(])((?:packaging|docs)/[\\w./-]+\\w)");
        for (String document : DOCUMENTS) {
            String text = Files.readString(ROOT.resolve(document), StandardCharsets.UTF_8);
            var matcher = file.matcher(text);
            while (matcher.find()) {
                assertThat(ROOT.resolve(matcher.group(1))).as(document).exists();
            }
            var link = Pattern.compile("]\\(([\\w./-]+)\\)").matcher(text);
            while (link.find()) {
                assertThat(ROOT.resolve(document).resolveSibling(link.group(1)))
                        .as(document)
                        .exists();
            }
        }
    }
}
