package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./howdah` in a checkout of nothing but a source file, with a Maven and a Java that only write
/// down that they were called.
class LauncherTest {

    @TempDir private Path folder;

    private Path checkout = Path.of("");
    private Path source = Path.of("");

    private record Answer(int exitCode, String output, String errors) {}

    @BeforeEach
    void layOut() throws IOException {
        checkout = Files.createDirectory(folder.toRealPath().resolve("check out"));
        Path repository = Path.of("..").toAbsolutePath().normalize();
        Files.createDirectory(checkout.resolve("launch"));
        for (String file : List.of("howdah", "launch/jdk.sh", "launch/java.sh")) {
            Files.copy(repository.resolve(file), checkout.resolve(file));
        }
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        source = checkout.resolve("cli/src/main/java/Howdah.java");
        Files.createDirectories(source.resolveSibling(""));
        Files.writeString(source, "class Howdah {}");
        age(
                checkout.resolve("pom.xml"),
                source,
                source.resolveSibling(""),
                checkout.resolve("cli/src/main"));

        program("jdk/bin/javac", "");
        program("jdk/bin/java", "printf '%s\\n' java \"$@\"");
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
        program(
                "maven/mvn",
                """
                echo built >>"$BUILDS"
                if [ -e "$BUILDS.fails" ]; then echo "[ERROR] Howdah.java:[1,1] ';' expected"; exit 1; fi
                sleep 0.3
                mkdir -p "$CHECKOUT/cli/target/howdah/lib"
                : >"$CHECKOUT/cli/target/howdah/lib/b.jar"
                : >"$CHECKOUT/cli/target/howdah/lib/a.jar"
                """);
    }

    @Test
    void firstUseBuildsAndTheSecondDoesNot() throws Exception {
        assertThat(howdah("status").output())
                .startsWith("java\n")
                .endsWith("io.howdah.cli.Howdah\nstatus\n");
        assertThat(howdah("status").exitCode()).isZero();

        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void buildIsQuietWhereNobodyWatches() throws Exception {
        assertThat(howdah("--version").errors()).isEmpty();
    }

    @Test
    void newerSourceIsBuilt() throws Exception {
        howdah("status");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));

        howdah("status");

        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void failedBuildShowsWhyAndIsTriedAgain() throws Exception {
        Files.createFile(folder.resolve("builds.fails"));

        Answer answer = howdah("status");

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.output()).isEmpty();
        assertThat(answer.errors()).contains("';' expected", "build.log", "HINT: ");
        Files.delete(folder.resolve("builds.fails"));
        assertThat(howdah("status").exitCode()).isZero();
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        Process one = start(checkout.resolve("howdah"), "one", "status");
        Process two = start(checkout.resolve("howdah"), "two", "status");

        assertThat(finish(one, "one").exitCode()).isZero();
        assertThat(finish(two, "two").exitCode()).isZero();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void classpathIsInTheOrderOfNames() throws Exception {
        Path lib = checkout.resolve("cli/target/howdah/lib");

        assertThat(howdah("status").output())
                .contains("\n" + lib.resolve("a.jar") + ":" + lib.resolve("b.jar") + "\n");
    }

    @Test
    void nodeGetsANodesOptions() throws Exception {
        assertThat(howdah("node").output()).contains("/node.options\n");
        assertThat(howdah("demo").output()).contains("/command.options\n");
    }

    @Test
    void symbolicLinkAndOddArgumentsComeThrough() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), checkout.resolve("howdah"));

        Answer answer = finish(start(link, "link", "status", "a b", "", "*"), "link");

        assertThat(answer.output()).endsWith("status\na b\n\n*\n");
    }

    @Test
    void missingMavenIsSaid() throws Exception {
        Files.delete(folder.resolve("maven/mvn"));
        if (Files.exists(Path.of("/usr/bin/mvn"))) {
            return;
        }

        assertThat(howdah("status").errors()).contains("Maven (mvn) is not on the PATH", "HINT: ");
    }

    private long builds() throws IOException {
        return Files.readAllLines(folder.resolve("builds")).size();
    }

    private Answer howdah(String... arguments) throws Exception {
        return finish(start(checkout.resolve("howdah"), "only", arguments), "only");
    }

    private Process start(Path launcher, String name, String... arguments) throws IOException {
        var command = new java.util.ArrayList<>(List.of("bash", launcher.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        builder.environment().put("PATH", folder.resolve("maven") + ":/usr/bin:/bin");
        builder.environment().put("BUILDS", folder.resolve("builds").toString());
        builder.environment().put("CHECKOUT", checkout.toString());
        return builder.directory(folder.toFile())
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .redirectError(folder.resolve(name + ".err").toFile())
                .start();
    }

    private Answer finish(Process process, String name) throws Exception {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Answer(
                process.exitValue(),
                Files.readString(folder.resolve(name + ".out")),
                Files.readString(folder.resolve(name + ".err")));
    }

    private void program(String name, String body) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void age(Path... files) throws IOException {
        for (Path file : files) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
        }
    }
}
