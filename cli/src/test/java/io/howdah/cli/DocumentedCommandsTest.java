package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the documents tell people to type exists: each command with its options. That they do what
/// is promised is shown by the tests of the demo, which run them.
class DocumentedCommandsTest {

    private static final String PROGRAM = "./howdah ";

    static Stream<String> commands() throws IOException {
        return Stream.of("README.md", "CONTRIBUTING.md")
                .map(name -> Path.of("..", name))
                .flatMap(DocumentedCommandsTest::commandsIn)
                .distinct();
    }

    private static Stream<String> commandsIn(Path document) {
        try {
            return Files.readAllLines(document).stream()
                    .map(String::strip)
                    .filter(line -> line.startsWith(PROGRAM))
                    .map(line ->
                            line.substring(PROGRAM.length()).replaceFirst("\\s+#.*", "").strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void isACommandThatExists(String command) {
        String[] arguments = command.split("\\s+");
        assertThatCode(() -> Howdah.commandLine().parseArgs(arguments))
                .as("howdah %s", command)
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("theTwo")
    void theTwoCommandsOfTheReadmeStandThere(String command) throws IOException {
        List<String> lines =
                Files.readAllLines(Path.of("..", "README.md")).stream().map(String::strip).toList();
        assertThat(lines).anyMatch(line -> line.startsWith(command));
        assertThat(Path.of("..", command)).isExecutable();
    }

    static Stream<String> theTwo() {
        return Stream.of("./howdah", "./verify");
    }
}
