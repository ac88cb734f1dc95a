package io.howdah.postgres;

import static io.howdah.postgres.TestDirectory.GENEROUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@NullMarked
class DataDirectoryTest {

    private static final String ALL = "io.howdah.postgres.TestInstallations#all";

    private final TestDirectory directory = new TestDirectory();

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void controlDataSaysWhatPostgresSays(Installation installation) {
        DataDirectory data = directory.initialised("data", installation);
        ControlData control = data.controlData();
        assertThat(control.hasDataChecksums()).isTrue();
        assertThat(control.walSegmentBytes()).isEqualTo(16 << 20);
        assertThat(control.checkpointTimeline()).isEqualTo(TimelineId.FIRST);
        assertThat(control.minRecoveryPoint()).isEqualTo(Lsn.ZERO);
        assertThat(control.minRecoveryTimeline()).isEmpty();
        assertThat(data.majorVersion()).isEqualTo(installation.version().major());
        installation
                .tool("pg_controldata")
                .ifPresent(tool -> assertSameAs(tool, data.path(), control));
    }

    private static void assertSameAs(Path tool, Path data, ControlData control) {
        Command.Result said =
                Command.run(
                        List.of(tool.toString(), data.toString()), Map.of("LC_ALL", "C"), GENEROUS);
        assertThat(said.output().lines().map(line -> line.replaceAll(": +", ": ")))
                .contains(
                        "pg_control version number: " + control.controlVersion(),
                        "Database system identifier: " + control.systemId(),
                        "Database cluster state: shut down",
                        "Latest checkpoint location: " + control.checkpoint(),
                        "Latest checkpoint's REDO location: " + control.redo(),
                        "Bytes per WAL segment: " + control.walSegmentBytes(),
                        "Data page checksum version: " + control.dataChecksumVersion());
    }

    @Test
    void damagedControlDataIsRefused() throws Exception {
        DataDirectory data = directory.initialised("data", TestInstallations.any());
        Path file = data.path().resolve("global/pg_control");
        byte[] content = Files.readAllBytes(file);
        content[33] ^= 1;
        Files.write(file, content);
        assertThatThrownBy(data::controlData)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("its checksum is wrong");
    }

    @Test
    void initdbLeavesForeignFilesAlone() throws Exception {
        DataDirectory data = directory.data("data");
        assertThat(data.content()).isEqualTo(DataDirectory.Content.MISSING);
        Files.createDirectory(data.path());
        assertThat(data.content()).isEqualTo(DataDirectory.Content.EMPTY);
        Files.writeString(data.path().resolve("precious"), "x");
        assertThat(data.content()).isEqualTo(DataDirectory.Content.OTHER);
        assertThatThrownBy(() -> new InitDb(TestInstallations.any()).run(data))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("is not empty")
                .hasMessageContaining("\nHINT: ");
    }

    @Test
    void signalAndIncarnationAreKept() {
        DataDirectory data = directory.initialised("data", TestInstallations.any());
        assertThat(data.content()).isEqualTo(DataDirectory.Content.DATABASE);
        assertThat(data.hasStandbySignal()).isFalse();
        data.createStandbySignal();
        data.createStandbySignal();
        assertThat(data.hasStandbySignal()).isTrue();
        data.removeStandbySignal();
        assertThat(data.hasStandbySignal()).isFalse();
        assertThat(data.copy()).isEmpty();
        data.writeCopy(new DataCopy("4f0c", "n1"));
        assertThat(data.copy()).contains(new DataCopy("4f0c", "n1"));
        data.writeCopy(new DataCopy("4f0d", ""));
        assertThat(data.copy()).contains(new DataCopy("4f0d", ""));
        assertThatThrownBy(() -> new DataCopy("a b", "n1"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatAlterSystemWroteIsKeptUnlessSafetyRestsOnIt() throws Exception {
        DataDirectory data = directory.data("data");
        Files.createDirectories(data.path());
        assertThat(data.dropUnsafeAlterSystem()).isEmpty();
        Path file = data.path().resolve("postgresql.auto.conf");
        Files.writeString(
                file,
                """
                # Do not edit this file manually!
                work_mem = '9MB'
                synchronous_standby_names = ''
                fsync = 'off'
                full_page_writes = 'on'
                Primary_Conninfo='host=x'
                """);
        assertThat(data.dropUnsafeAlterSystem())
                .containsExactly("synchronous_standby_names", "fsync", "primary_conninfo");
        assertThat(file)
                .hasContent(
                        """
                        # Do not edit this file manually!
                        work_mem = '9MB'
                        full_page_writes = 'on'
                        """);
    }

    @Test
    void plantedHistoriesLeadToTheGrantedTimelineAndGoAway() throws Exception {
        DataDirectory data = directory.data("data");
        Files.createDirectories(data.path().resolve("pg_wal"));
        TimelineFiles timelines = data.timelines();
        timelines.write(new TimelineId(3), "1\t0/3000\tbefore\n");
        var advances = new AtomicInteger();
        timelines.plantSkipped(new TimelineId(2), new TimelineId(6), advances::incrementAndGet);
        assertThat(advances).as("each takes its time").hasValue(3);
        assertThat(Files.exists(data.path().resolve("pg_wal/00000006.history"))).isFalse();
        assertThat(timelines.history(new TimelineId(4))).isEmpty();
        assertThat(timelines.history(TimelineId.FIRST))
                .contains(TimelineHistory.startingAt(TimelineId.FIRST));
        assertThat(timelines.history(new TimelineId(3)))
                .contains(
                        TimelineHistory.startingAt(TimelineId.FIRST)
                                .then(Lsn.parse("0/3000"), new TimelineId(3)));

        assertThat(timelines.removePlantedInVain())
                .containsExactly(new TimelineId(4), new TimelineId(5));
        assertThat(timelines.removePlantedInVain()).isEmpty();
        timelines.plantSkipped(new TimelineId(3), new TimelineId(6), () -> {});
        timelines.write(new TimelineId(6), "1\t0/3000\tbefore\n3\t0/4000\tbefore\n");
        assertThat(timelines.removePlantedInVain()).as("followers ask for every number").isEmpty();
        assertThat(timelines.history(new TimelineId(3))).isPresent();
        assertThatThrownBy(
                        () -> timelines.plantSkipped(TimelineId.FIRST, new TimelineId(3), () -> {}))
                .isInstanceOf(PostgresException.class);
    }

    @Test
    void aReplacementIsCompletedAfterACrashAtAnyPoint() throws Exception {
        Path data = directory.path().resolve("data");
        Path fresh = directory.path().resolve("data.howdah-fresh");
        Path aside = directory.path().resolve("data.howdah-old");
        DataReplacement replacement = directory.data("data").replacement();
        for (int crashedAfter = 0; crashedAfter <= 3; crashedAfter++) {
            make(data, "old");
            assertThat(replacement.begin()).isEqualTo(fresh);
            make(fresh, "new");
            if (crashedAfter > 0) {
                Files.move(data, aside);
            }
            if (crashedAfter > 1) {
                Files.move(fresh, data);
            }
            if (crashedAfter > 2) {
                Files.delete(aside.resolve("content"));
            }
            assertThat(replacement.finish()).isEqualTo(crashedAfter > 0);
            if (crashedAfter == 0) {
                assertThat(data.resolve("content")).hasContent("old");
                replacement.complete();
            }
            assertThat(data.resolve("content")).hasContent("new");
            assertThat(aside).doesNotExist();
            assertThat(fresh).doesNotExist();
        }
        assertThatThrownBy(replacement::complete).isInstanceOf(PostgresException.class);
    }

    private static void make(Path path, String content) throws Exception {
        Files.createDirectories(path);
        Files.writeString(path.resolve("PG_VERSION"), "18\n");
        Files.writeString(path.resolve("content"), content);
    }

    @Test
    void tablespacesOfCopiesGoWithThemAndNobodyElsesDo() throws Exception {
        Path data = directory.path().resolve("data");
        Path space = Files.createDirectory(directory.path().resolve("space"));
        Path others = Files.createDirectory(space.resolve("PG_18_1"));
        DataReplacement replacement = directory.data("data").replacement();
        make(data, "old");
        link(data, space);

        Path interrupted = copied(replacement, space);
        Path first = copied(replacement, space);
        assertThat(interrupted).doesNotExist();
        replacement.complete();
        assertThat(Tablespaces.of(data)).containsExactly(first);
        assertThat(others).exists();

        // the next one is copied from a copy, and ends in the middle of its swap
        Path second = copied(replacement, first);
        assertThat(second.getParent()).isEqualTo(space);
        assertThat(first).exists();
        replacement.setOldAside();
        DataReplacement restarted = directory.data("data").replacement();
        assertThat(restarted.finish()).isTrue();
        assertThat(Tablespaces.of(data)).containsExactly(second);
        assertThat(second).exists();
        assertThat(first).doesNotExist();
        assertThat(others).exists();
        assertThatThrownBy(() -> restarted.tablespace(data.resolve("inside")))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("inside the data directory");
    }

    private static Path copied(DataReplacement replacement, Path onServer) throws Exception {
        Path fresh = replacement.begin();
        make(fresh, "new");
        Path place = replacement.tablespace(onServer);
        assertThat(place).isEmptyDirectory();
        Files.writeString(place.resolve("rows"), "rows");
        link(fresh, place);
        return place;
    }

    private static void link(Path data, Path place) throws Exception {
        Files.createDirectories(data.resolve("pg_tblspc"));
        Files.createSymbolicLink(data.resolve("pg_tblspc/16400"), place);
    }

    @Test
    void runningDataIsNotReplaced() throws Exception {
        Installation installation = TestInstallations.any();
        DataDirectory data = directory.initialised("data", installation);
        PostgresServer server = directory.started(installation, data);
        make(data.replacement().begin(), "new");
        assertThatThrownBy(() -> data.replacement().complete())
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("still run");
        server.stop(PostgresServer.StopMode.IMMEDIATE, GENEROUS);
        data.replacement().complete();
        assertThat(data.path().resolve("content")).hasContent("new");
    }

    @Test
    void aClosedDirectoryAboveIsSeen() throws Exception {
        Path closed = Files.createDirectory(directory.path().resolve("closed"));
        Path below = closed.resolve("a/b");
        OperatingSystemUser somebody =
                new OperatingSystemUser("somebody", 54321, 54321, Set.of(54321L), true);
        assertThat(somebody.canReach(below)).isTrue();
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        assertThat(somebody.canReach(below)).isFalse();
        assertThat(somebody.blockingDirectory(below)).contains(closed);
    }
}
