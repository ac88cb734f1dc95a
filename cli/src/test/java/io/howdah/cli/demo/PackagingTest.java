package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.cli.CommandLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is shipped beside the program names things that exist, and does what it says as far as that
/// can be seen without a system to install it on.
final class PackagingTest {

    private static final Path ROOT = Path.of("..");
    private static final Path CONTAINERFILE = ROOT.resolve("packaging/container/Containerfile");

    @TempDir private Path directory = Path.of("");

    @Test
    void unitEndsTheAgentAloneAtARestartAndNeverSignalsPostgres() {
        ServiceUnit unit = ServiceUnit.read();
        assertThat(unit.value("Service", "KillMode")).isEqualTo("process");
        assertThat(unit.value("Service", "KillSignal")).isEqualTo("SIGTERM");
        assertThat(unit.value("Service", "RestartKillSignal")).isEqualTo("SIGUSR1");
        assertThat(unit.value("Service", "Restart")).isEqualTo("always");
        assertThat(unit.lines())
                .as("a mount namespace would hide PostgreSQL from the next agent")
                .noneMatch(line ->
                        line.matches(
                                "Service\\.(Protect(System|Home|Kernel.*|Proc)|Private(Tmp|Devices|Mounts)|ReadOnlyPaths|InaccessiblePaths|TemporaryFileSystem)=.*"));
    }

    @Test
    void unitRunsACommandThatExists() {
        List<String> words = List.of(ServiceUnit.read().value("Service", "ExecStart").split(" "));
        assertThat(words.getFirst()).isEqualTo("/usr/lib/howdah/bin/howdah");
        assertThatCode(() -> CommandLines.parse(words.subList(1, words.size())))
                .doesNotThrowAnyException();
    }

    @Test
    void systemdFindsNothingWrongWithTheUnit() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/systemd-analyze")),
                "systemd-analyze is not installed");
        Path unit = directory.resolve("howdah.service");
        Files.writeString(
                unit,
                Files.readString(ServiceUnit.FILE)
                        .replace("/usr/lib/howdah/bin/howdah", "/usr/bin/env"));
        Process verify =
                new ProcessBuilder("systemd-analyze", "verify", unit.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(verify.waitFor(60, TimeUnit.SECONDS)).isTrue();
        // what other units of this machine lack is not ours
        assertThat(said.lines().filter(line -> line.contains("howdah.service"))).isEmpty();
    }

    @Test
    void containerRecipeNamesWhatExists() throws IOException {
        String recipe = Files.readString(CONTAINERFILE);
        assertThat(recipe).contains("\nUSER postgres\n");
        Matcher checkout = Pattern.compile("(?:^|\\s)(\\./howdah|packaging/\\S+)").matcher(recipe);
        while (checkout.find()) {
            assertThat(ROOT.resolve(checkout.group(1))).exists();
        }
        Matcher command = Pattern.compile("\nCMD \\[(.*)]\n").matcher(recipe);
        assertThat(command.find()).isTrue();
        List<String> words = List.of(command.group(1).replace("\"", "").split(", "));
        assertThatCode(() -> CommandLines.parse(words)).doesNotThrowAnyException();
        assertThat(recipe)
                .doesNotContain("apt-key")
                .doesNotContainPattern("FROM [^\\n]*[./][^\\n]*/");
    }

    @Test
    void composeExampleMountsWhatTheRecipeReads() throws IOException {
        String recipe = Files.readString(CONTAINERFILE);
        String compose = Files.readString(CONTAINERFILE.resolveSibling("compose.yaml"));
        for (String folder : List.of("/var/lib/howdah", "/etc/howdah")) {
            assertThat(recipe).contains(folder);
            assertThat(compose.split(Pattern.quote(":" + folder), -1)).hasSize(4);
        }
        assertThat(compose).contains("stop_grace_period: 120s");
    }

    /// Into a folder of its own, without the training of the caches: a `java` that does nothing
    /// stands in.
    @Test
    void installerMakesALauncherThatStandsOnItsOwn() throws Exception {
        assumeTrue(
                Files.isDirectory(ROOT.resolve("cli/target/howdah/lib")),
                "there is no installation yet: this test runs before the packaging");
        Path java = directory.resolve("java/bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(
                java,
                """
                #!/bin/sh
                for each; do
                  case $each in -XX:AOTCacheOutput=*) : >"${each#*=}" ;; esac
                done
                echo "java $*"
                """);
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Path target = directory.resolve("usr/lib/howdah");
        run(0, "packaging/install", target.toString(), directory.resolve("java").toString());
        String said = run(0, target.resolve("bin/howdah").toString(), "status", "--json");
        assertThat(said)
                .contains("@" + target.toRealPath().resolve("command.options"))
                .contains(target.toRealPath().resolve("lib") + "/howdah-cli-")
                .endsWith("io.howdah.cli.Howdah status --json\n");
        // again, over the first one
        run(0, "packaging/install", target.toString(), directory.resolve("java").toString());
        assertThat(run(2, "packaging/install")).contains("HINT:");
    }

    private static String run(int exit, String... command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .directory(ROOT.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(exit);
        return said;
    }
}
