package io.howdah.backup.wal;

import static io.howdah.backup.wal.StoredWal.SEGMENT_BYTES;
import static io.howdah.backup.wal.StoredWal.content;
import static io.howdah.backup.wal.StoredWal.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.Content;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalSpoolTest {

    @TempDir private Path directory;

    @SuppressWarnings("NullAway.Init")
    private StoredWal wal;

    @BeforeEach
    void begin() {
        wal = new StoredWal(directory);
    }

    @Test
    void segmentsAreHandedOverAndTheNextOnesAreThereBeforeTheyAreAskedFor() throws Exception {
        List<WalSegment> segments =
                Stream.of(1, 2, 3, 4).map(number -> wal.segment(1, number)).toList();
        try (WalSpool spool = open("it's a 100% spool")) {
            assertThat(restore(spool, segments.getFirst().name())).isZero();
            assertThat(Files.readAllBytes(restored()))
                    .isEqualTo(
                            content(segments.getFirst().timeline(), segments.getFirst().range()));
            Path ahead = directory.resolve("it's a 100% spool").resolve(segments.getLast().name());
            Await.until("the fourth is fetched ahead", () -> Files.exists(ahead));
            for (WalSegment segment : segments) {
                assertThat(restore(spool, segment.name())).isZero();
                assertThat(Files.readAllBytes(restored()))
                        .isEqualTo(content(segment.timeline(), segment.range()));
            }
            assertThat(spool.failure()).isEmpty();
        }
        assertThat(directory.resolve("it's a 100% spool")).doesNotExist();
    }

    @Test
    void whatIsNotThereIsSaidSoAndMayComeLater() throws Exception {
        wal.segment(1, 1);
        try (WalSpool spool = open("spool")) {
            assertThat(restore(spool, "00000002.history")).isEqualTo(1);
            assertThat(restore(spool, "00000002.history")).isEqualTo(1);
            wal.history(line(StoredWal.at(1.5)));
            assertThat(restore(spool, "00000002.history")).isZero();
            assertThat(Files.readString(restored())).startsWith("1\t");
        }
    }

    @Test
    void whatWasPromisedAndIsNotThereEndsTheServerAndNotItsRecovery() throws Exception {
        WalSegment segment = wal.segment(1, 1);
        var missed = new BackupException("it is there no more", "run it again");
        try (WalSpool spool =
                WalSpool.open(
                        wal.source(line()),
                        directory.resolve("spool"),
                        OperatingSystemUser.ourselves(),
                        name ->
                                name.equals(segment.plus(1).name())
                                        ? Optional.of(missed)
                                        : Optional.empty())) {
            // What was looked for ahead nobody has missed yet.
            assertThat(restore(spool, segment.name())).isZero();
            assertThat(restore(spool, segment.plus(2).name())).isEqualTo(1);
            assertThat(restore(spool, segment.plus(1).name())).isEqualTo(126);
            assertThat(spool.failure()).contains(missed);
        }
    }

    @Test
    void damageEndsTheServerAndNotItsRecovery() throws Exception {
        wal.segment(1, 1);
        WalSegment damaged = new WalSegment(StoredWal.timeline(1), 2, SEGMENT_BYTES);
        wal.put(wal.names.segment(damaged).text(), Content.of(new byte[] {1, 2, 3}));
        try (WalSpool spool = open("spool")) {
            // What was fetched ahead in vain hurts nobody yet.
            assertThat(restore(spool, "000000010000000000000001")).isZero();
            assertThat(restore(spool, damaged.name())).isEqualTo(126);
            assertThat(spool.failure().orElseThrow()).hasMessageContaining("is damaged");
            assertThat(restore(spool, "000000010000000000000001")).isEqualTo(126);
        }
    }

    @Test
    void whateverGoesWrongEndsTheServerAndNobodyWaitsForEver() throws Exception {
        WalSegment segment = wal.segment(1, 1);
        WalSource odd =
                wal.source(line())
                        .inspectedBy((_, _) -> {
                            throw new IllegalStateException("an odd segment");
                        });
        try (WalSpool spool =
                WalSpool.open(
                        odd,
                        directory.resolve("spool"),
                        OperatingSystemUser.ourselves(),
                        _ -> Optional.empty())) {
            assertThat(restore(spool, segment.name())).isEqualTo(126);
            assertThat(spool.failure().orElseThrow()).hasMessageContaining("an odd segment");
        }
    }

    @Test
    void spoolThatIsGoneIsNoEndOfWal() throws Exception {
        wal.segment(1, 1);
        String command;
        try (WalSpool spool = open("spool")) {
            command = spool.restoreCommand();
            assertThatThrownBy(() -> open("spool"))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("cannot make the spool");
        }
        assertThat(run(command, "000000010000000000000001")).isGreaterThanOrEqualTo(126);
    }

    private WalSpool open(String name) {
        return WalSpool.open(
                wal.source(line()),
                directory.resolve(name),
                OperatingSystemUser.ourselves(),
                _ -> Optional.empty());
    }

    private int restore(WalSpool spool, String name) throws Exception {
        return run(spool.restoreCommand(), name);
    }

    /// As PostgreSQL runs it.
    private int run(String command, String name) throws IOException, InterruptedException {
        String filled =
                command.replace("%f", name).replace("%p", restored().toString()).replace("%%", "%");
        Process process =
                new ProcessBuilder("/bin/sh", "-c", filled)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("output").toFile())
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private Path restored() {
        return directory.resolve("RECOVERYXLOG");
    }
}
