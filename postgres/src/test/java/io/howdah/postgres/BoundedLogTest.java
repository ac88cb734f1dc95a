package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BoundedLogTest {

    @TempDir private Path directory = Path.of("");

    private BoundedLog log(long bytes) {
        return new BoundedLog(
                directory.resolve("postgresql.log"), bytes, OperatingSystemUser.ourselves());
    }

    /// As PostgreSQL has it: one descriptor, opened once, that appends.
    @Test
    void logStaysWithinItsBoundHoweverMuchIsWritten() throws IOException {
        Path file = directory.resolve("postgresql.log");
        BoundedLog log = log(4000);
        try (OutputStream server =
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int i = 0; i < 1000; i++) {
                server.write(
                        "line %04d of the log\n".formatted(i).getBytes(StandardCharsets.UTF_8));
                log.keep();
            }
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(BoundedLog.PARTS);
            assertThat(all.stream().mapToLong(BoundedLogTest::size).sum()).isBetween(2000L, 4200L);
        }
        assertThat(Files.readString(file)).contains("line 0999").doesNotContain("\0");
        String younger = Files.readString(directory.resolve("postgresql.log.1"));
        String older = Files.readString(directory.resolve("postgresql.log.2"));
        assertThat(older.substring(0, 9)).isLessThan(younger.substring(0, 9));
        // no line is missing in between
        String whole = older + younger + Files.readString(file);
        List<Integer> numbers =
                whole.lines().map(line -> Integer.valueOf(line.substring(5, 9))).toList();
        for (int i = 1; i < numbers.size(); i++) {
            assertThat(numbers.get(i)).isEqualTo(numbers.get(i - 1) + 1);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void logThatGrewAtOnceKeepsItsEnd() throws IOException {
        Path file = directory.resolve("postgresql.log");
        Files.writeString(file, "x".repeat(100_000) + "the end\n");
        assertThat(log(4000).keep()).isTrue();
        assertThat(Files.size(file)).isZero();
        assertThat(Files.readString(directory.resolve("postgresql.log.1")))
                .hasSize(1000)
                .endsWith("the end\n");
    }

    @Test
    void olderPartsAreForTheOwnersEyesOnly() throws IOException {
        Files.writeString(directory.resolve("postgresql.log"), "x".repeat(5000));
        assertThat(log(4000).keep()).isTrue();
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(
                                        directory.resolve("postgresql.log.1"))))
                .isEqualTo("rw-------");
    }

    @Test
    void shortOrMissingLogIsLeftAlone() throws IOException {
        assertThat(log(4000).keep()).isFalse();
        Files.writeString(directory.resolve("postgresql.log"), "short\n");
        assertThat(log(4000).keep()).isFalse();
        assertThat(directory.resolve("postgresql.log")).hasContent("short");
    }
}
