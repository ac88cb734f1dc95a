package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The search that `./howdah` and `./verify` share, run by bash on folders that look like JDKs.
class JdkSearchTest {

    @TempDir private Path folder;

    private record Answer(int exitCode, String output, String errors) {}

    @Test
    void javaHomeIsTakenWhenItIsTheRightOne() throws Exception {
        Path wanted = jdk("a", "25.0.3");
        Path other = jdk("b", "25.0.1");

        Answer answer = search(Map.of("JAVA_HOME", wanted.toString()), other);

        assertThat(answer.output()).isEqualToIgnoringNewLines(wanted.toString());
    }

    @Test
    void olderJavaHomeDoesNotHideTheRightOne() throws Exception {
        Path old = jdk("java-17", "17.0.15");
        Path wanted = jdk("java-25", "25.0.3");

        Answer answer = search(Map.of("JAVA_HOME", old.toString()), old, wanted);

        assertThat(answer.output()).isEqualToIgnoringNewLines(wanted.toString());
    }

    @Test
    void javaOnThePathIsFollowedToItsJdk() throws Exception {
        Path wanted = jdk("java-25", "25");
        Path links = Files.createDirectory(folder.resolve("links"));
        Files.createSymbolicLink(links.resolve("java"), wanted.resolve("bin/java"));

        Answer answer = search(Map.of("PATH", links + ":/usr/bin:/bin"));

        assertThat(answer.output()).isEqualToIgnoringNewLines(wanted.toString());
    }

    @Test
    void javaWithoutCompilerIsNoJdk() throws Exception {
        Path runtime = jdk("jre", "25.0.3");
        Files.delete(runtime.resolve("bin/javac"));

        Answer answer = search(Map.of(), runtime);

        assertThat(answer.exitCode()).isEqualTo(1);
    }

    @Test
    void javaIsAskedWhereNoReleaseFileTells() throws Exception {
        Path wanted = jdk("jdk", "25.0.3");
        Files.delete(wanted.resolve("release"));

        Answer answer = search(Map.of(), wanted);

        assertThat(answer.output()).isEqualToIgnoringNewLines(wanted.toString());
    }

    @Test
    void noJdkAnywhereIsSaidWithWhatWasFoundAndHowToGetOne() throws Exception {
        Path old = jdk("java-17", "17.0.15");

        Answer answer =
                search(
                        Map.of(
                                "JAVA_HOME",
                                "/nowhere",
                                "PATH",
                                old.resolve("bin") + ":/usr/bin:/bin"));

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.errors())
                .contains("no JDK 25 found")
                .contains("/nowhere")
                .contains("17.0.15")
                .contains("HINT: ");
    }

    @Test
    void theScriptsAreWholeBash() throws Exception {
        for (String script :
                List.of("howdah", "verify", ".ci/run", "launch/jdk.sh", "launch/java.sh")) {
            assertThat(bash(Map.of(), "bash", "-n", repository().resolve(script).toString()))
                    .as(script)
                    .isEqualTo(new Answer(0, "", ""));
        }
    }

    private static Path repository() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    private Answer search(Map<String, String> environment, Path... usualFolders) throws Exception {
        var all = new java.util.HashMap<String, String>();
        all.put("PATH", "/nonexistent-first:/usr/bin:/bin");
        all.put(
                "HOWDAH_JDK_FOLDERS",
                String.join(":", List.of(usualFolders).stream().map(Path::toString).toList()));
        all.putAll(environment);
        // The tests' machine may have a JDK 25 on its PATH; those tests that need a java bring it.
        String path = isolatedPath(all.getOrDefault("PATH", ""));
        all.put("PATH", path);
        return bash(
                all,
                "bash",
                "-c",
                "source \"$1\"; find_jdk",
                "bash",
                repository().resolve("launch/jdk.sh").toString());
    }

    /// The PATH with the tools that the search uses in place of the system's folders.
    private String isolatedPath(String path) throws IOException {
        Path tools = folder.resolve("tools");
        if (!Files.exists(tools)) {
            Files.createDirectory(tools);
            for (String tool : List.of("bash", "sed", "head", "tr", "readlink", "cat")) {
                Path file =
                        Files.writeString(
                                tools.resolve(tool),
                                "#!/bin/sh\nPATH=/usr/bin:/bin exec " + tool + " \"$@\"\n");
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        return path.replace("/usr/bin:/bin", tools.toString());
    }

    private Answer bash(Map<String, String> environment, String... command) throws Exception {
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        var builder = new ProcessBuilder(command);
        if (!environment.isEmpty()) {
            builder.environment().clear();
            builder.environment().putAll(environment);
        }
        Process process =
                builder.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Answer(process.exitValue(), Files.readString(output), Files.readString(errors));
    }

    private Path jdk(String name, String version) throws IOException {
        Path jdk = folder.toRealPath().resolve("jdks").resolve(name);
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(
                jdk.resolve("release"),
                "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\n");
        for (String tool : List.of("java", "javac")) {
            Path file = jdk.resolve("bin").resolve(tool);
            Files.write(
                    file,
                    ("#!/bin/sh\necho 'openjdk version \"" + version + "\" 2026-04-21' >&2\n")
                            .getBytes(StandardCharsets.UTF_8));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return jdk;
    }
}
