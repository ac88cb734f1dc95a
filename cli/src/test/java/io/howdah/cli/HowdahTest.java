package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cli.demo.DemoFiles;
import io.howdah.cli.demo.DemoSettings;
import io.howdah.node.api.ApiServer;
import io.howdah.node.configuration.NodeConfigurationFile;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HowdahTest {

    @TempDir private Path folder;

    private record Answer(int exitCode, String output, String errors) {}

    private static Answer howdah(String... arguments) {
        var output = new ByteArrayOutputStream();
        PrintStream standardOutput = System.out;
        // Before the command line is made: it remembers where the standard output is.
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        try {
            CommandLine command = Howdah.commandLineFor(arguments);
            var errors = new StringWriter();
            command.setErr(new PrintWriter(errors));
            int exitCode = command.execute(arguments);
            return new Answer(exitCode, output.toString(StandardCharsets.UTF_8), errors.toString());
        } finally {
            System.setOut(standardOutput);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "node", "proxy", "status", "history", "switchover", "failover"})
    void everyCommandHasHelpWithAnExample(String command) {
        Answer answer = howdah(command, "--help");

        assertThat(answer.exitCode()).isZero();
        assertThat(answer.output()).contains("Example:", "  howdah " + command);
    }

    @Test
    void versionIsWhatTheBuildWroteDown() {
        assertThat(howdah("--version").output()).matches("howdah \\d+\\.\\d+\\.\\d+.*\\R");
    }

    @Test
    void mistypedCommandIsAnsweredWithTheLikelyOne() {
        Answer answer = howdah("statsu");

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.errors())
                .startsWith("unknown command 'statsu'")
                .contains("HINT: did you mean status");
    }

    @Test
    void mistypedOptionIsAnsweredWithTheLikelyOne() {
        Answer answer = howdah("status", "--jsn");

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.errors())
                .contains("--jsn", "HINT: did you mean --json?", "`howdah status --help`");
    }

    @Test
    void missingOptionIsNamed() {
        Answer answer = howdah("failover");

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.errors()).contains("missing").contains("--to=NODE");
    }

    @Test
    void valueOfTheWrongKindIsNamed() {
        Answer answer = howdah("demo", "--nodes", "three");

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.errors()).contains("--nodes").contains("'three' is not a whole number");
    }

    @Test
    void unreachableNodeEndsWithThree() {
        Answer answer = howdah("status", "--api", "http://127.0.0.1:1");

        assertThat(answer.exitCode()).isEqualTo(3);
        assertThat(answer.errors())
                .startsWith("cannot reach")
                .contains("\nHINT: ")
                .doesNotContain("\tat ");
    }

    @Test
    void debugShowsTheStackTrace() {
        Answer answer = howdah("status", "--debug", "--api", "http://127.0.0.1:1");

        assertThat(answer.errors()).contains("\tat ");
    }

    @Test
    void directoryWithoutDemoIsRefused() {
        Answer answer = howdah("status", "--directory", folder.toString());

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.errors()).contains("there is no demo in").contains("HINT: ");
    }

    @Test
    void missingConfigurationIsRefusedInWords() {
        Answer answer = howdah("node", "--config", folder.resolve("none.yaml").toString());

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.errors()).contains("none.yaml does not exist").contains("HINT: ");
    }

    @Test
    void statusAndHistoryAreShownAsTheNodeTellsThem() {
        withNode(api -> {
            assertThat(howdah("status", "--api", api).output())
                    .contains("cluster demo")
                    .contains("leader n1");
            assertThat(howdah("status", "--api", api, "--json").output())
                    .contains("\"cluster\" : \"demo\"")
                    .contains("\"leader\" : \"n1\"");
            assertThat(howdah("history", "--api", api).output()).contains("bootstrap");
            assertThat(howdah("switchover", "--api", api).output()).contains("done");
            assertThat(howdah("failover", "--api", api, "--to", "n1").exitCode()).isZero();
        });
    }

    @Test
    void demoAboveIsFound() throws Exception {
        Path demo = Files.createDirectories(folder.resolve("howdah-demo"));
        Files.writeString(
                demo.resolve("demo.json"),
                """
                {"demo":"howdah","nodes":2,"basePort":7000,"postgres":"embedded","nodesDirectory":"/x","processes":{}}
                """);
        Path deeper = Files.createDirectories(folder.resolve("a/b"));

        String urls = new ClusterAddress(null, null, null).urls(java.util.Map.of(), deeper);

        assertThat(urls).isEqualTo("https://127.0.0.1:7031,https://127.0.0.1:7032");
    }

    @Test
    void addressGivenWinsOverTheEnvironmentAndThatOverWhatIsFound() {
        var environment = java.util.Map.of("HOWDAH_API", "http://b:1");

        assertThat(new ClusterAddress("http://a:1", null, null).urls(environment, folder))
                .isEqualTo("http://a:1");
        assertThat(new ClusterAddress(null, null, null).urls(environment, folder))
                .isEqualTo("http://b:1");
    }

    private void withNode(java.util.function.Consumer<String> test) {
        new DemoFiles(new DemoSettings(1, 6500, "embedded", folder)).complete();
        var configuration = NodeConfigurationFile.read(folder.resolve("n1/howdah.yaml"));
        try (var server = new ApiServer("127.0.0.1", 0, new TrainingNode(configuration))) {
            server.start();
            test.accept("http://127.0.0.1:" + server.port());
        }
    }
}
