package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.drill.DrillReport;
import io.howdah.backup.restore.RestoreListener;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreStep;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.postgres.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TablespaceTest {

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    /// The server's own files lie where WAL says that the copy's go.
    @Test
    void tablespaceOfTheServerThatRunsIsNeverWrittenTo() throws IOException {
        Path place = room.directory("tablespace");
        Map<Path, String> files;
        try (var server = room.server("primary", "auto")) {
            room.take(server);
            server.execute(
                    "create table t (n int)",
                    "insert into t values (1)",
                    "select pg_create_restore_point('before')",
                    "create tablespace elsewhere location '" + place + "'",
                    "create table u tablespace elsewhere as select 1 as n");
            room.archive(server);
            server.execute("update u set n = 2", "checkpoint");
            files = files(place);

            DrillReport drill = room.drill();
            assertThat(drill.passed()).as("%s", drill).isFalse();
            assertThat(drill.failed().getFirst().findings())
                    .singleElement()
                    .asString()
                    .contains("makes a tablespace at " + place)
                    .contains("HINT: take a backup first");
            assertThat(files(place)).isEqualTo(files);

            for (RestoreRequest.Ending ending :
                    List.of(RestoreRequest.Ending.STOPPED, RestoreRequest.Ending.PREPARED)) {
                assertThatThrownBy(() ->
                                room.restore(
                                        to(
                                                "refused-" + ending,
                                                new RestoreTarget.Latest(),
                                                ending)))
                        .hasMessageContaining("makes a tablespace at " + place)
                        .hasMessageContaining("may be another server's")
                        .hasMessageContaining("HINT: take a backup first");
            }
            assertThatThrownBy(
                            () -> room.restore(room.to("never", new RestoreTarget.Name("never"))))
                    .hasMessageContaining("makes a tablespace at " + place);
            room.restore(room.to("before", new RestoreTarget.Name("before")));
            assertThat(files(place)).isEqualTo(files);
        }
        try (var copy = room.start("before", "auto")) {
            assertThat(copy.value("select count(*) from t")).isEqualTo("1");
        }
        onAnotherMachineItComesBack(place);
    }

    private void onAnotherMachineItComesBack(Path place) throws IOException {
        new DurableFiles(TestPostgres.USER).deleteTree(place);
        Files.writeString(place, "no directory");
        assertThatThrownBy(() -> room.restore(room.to("file", new RestoreTarget.Latest())))
                .hasMessageContaining("makes a tablespace at " + place)
                .hasMessageContaining("that directory cannot be looked at here")
                .hasMessageContaining("HINT: take a backup first");
        Files.delete(place);
        room.restore(room.to("copy", new RestoreTarget.Latest()));
        assertThat(Files.getOwner(place)).isEqualTo(Files.getOwner(room.path("copy")));
        try (var copy = room.start("copy", "auto")) {
            assertThat(copy.value("select n from u")).isEqualTo("1");
        }
    }

    /// What WAL makes anew begins empty, however the directory came to have it before.
    @Test
    void tablespaceThatIsNewerThanTheBackupHoldsNothingFromBehindTheTarget() throws IOException {
        Path place = room.directory("tablespace");
        try (var server = room.server("primary", "auto")) {
            room.take(server);
            server.execute(
                    "create tablespace elsewhere location '" + place + "'",
                    "create table u tablespace elsewhere as select n from generate_series(1, 10) n",
                    "select pg_create_restore_point('early')",
                    "insert into u select n from generate_series(1, 100000) n",
                    "vacuum u",
                    "checkpoint");
            room.archive(server);
        }
        new DurableFiles(TestPostgres.USER).deleteTree(place);
        room.directory("tablespace");
        room.restore(room.to("early", new RestoreTarget.Name("early")));
        long early = bytes(place);
        deleteCopy("early", place);

        room.restore(copy(Map.of(), false));
        assertThat(bytes(place)).isGreaterThan(early + 1_000_000);
        long newer = bytes(place);
        assertThatThrownBy(() -> room.restore(copy(new RestoreTarget.Name("early"), true)))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("has a tablespace at " + place)
                .hasMessageContaining("HINT: where it is this directory's alone, delete ");
        assertThat(bytes(place)).as("what may be another server's").isEqualTo(newer);

        deleteCopy("copy", place);
        assertThatThrownBy(() ->
                        room.restore(copy(Map.of(), false), new Interruption(RestoreStep.PROMOTED)))
                .isInstanceOf(Interrupted.class);
        assertThat(bytes(place)).isGreaterThan(early);
        room.restore(copy(new RestoreTarget.Name("early"), false));
        assertThat(bytes(place)).as("after one that was interrupted").isEqualTo(early);
        try (var copy = room.start("copy", "auto")) {
            assertThat(copy.value("select count(*) from u")).isEqualTo("10");
        }
    }

    private void deleteCopy(String name, Path place) {
        var files = new DurableFiles(TestPostgres.USER);
        files.deleteTree(room.path(name));
        files.deleteTree(place);
        room.directory("tablespace");
    }

    private static long bytes(Path place) throws IOException {
        try (Stream<Path> entries = Files.walk(place)) {
            return entries.filter(Files::isRegularFile)
                    .mapToLong(each -> each.toFile().length())
                    .sum();
        }
    }

    /// A copy whose tablespace was sent elsewhere is restored anew, and that is forgotten.
    @Test
    void placeThatIsNotTheCopysOwnIsNotReplaced() throws IOException {
        Path place = room.directory("tablespace");
        try (var server = room.server("primary", "auto")) {
            server.execute(
                    "create tablespace elsewhere location '" + place + "'",
                    "create table u tablespace elsewhere as select 1 as n");
            room.take(server);
            server.execute(
                    "update u set n = 2",
                    "create table more tablespace elsewhere as select 3",
                    "checkpoint");
            Map<Path, String> files = files(place);
            Map<Path, Path> map = Map.of(place, room.path("moved"));

            for (Path mixed : List.of(room.path("copy"), room.path("copy/below"))) {
                assertThatThrownBy(() -> room.restore(copy(Map.of(place, mixed), false)))
                        .isInstanceOf(BackupException.class)
                        .hasMessageContaining("a tablespace would go to " + mixed)
                        .hasMessageContaining("HINT: ");
            }
            assertThatThrownBy(() ->
                            room.restore(
                                    copy(map, false), new Interruption(RestoreStep.FILES_WRITTEN)))
                    .isInstanceOf(Interrupted.class);
            assertRefused(copy(Map.of(), false), place);
            room.restore(copy(map, false));
            assertRefused(copy(Map.of(), true), place);
            room.restore(copy(map, true));
            // as whoever restores makes it
            Path next = Files.createDirectory(room.path("moved on"));
            room.restore(copy(Map.of(place, next), true));
            assertThat(Files.getOwner(next)).isEqualTo(Files.getOwner(room.path("copy")));
            assertThat(room.path("moved")).as("where it was before").isNotEmptyDirectory();
            assertThat(files(place)).isEqualTo(files);
        }
        try (var copy = room.start("copy", "auto")) {
            assertThat(copy.value("select n from u")).isEqualTo("1");
        }
    }

    private void assertRefused(RestoreRequest request, Path place) {
        assertThatThrownBy(() -> room.restore(request))
                .hasMessageContaining(place + " is not empty")
                .hasMessageContaining("HINT: say where it goes instead: --tablespace-map " + place);
    }

    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private record Interruption(RestoreStep last) implements RestoreListener {
        @Override
        public void step(RestoreStep step) {
            if (step == last) {
                throw new Interrupted();
            }
        }
    }

    private RestoreRequest copy(RestoreTarget target, boolean delta) {
        return copy(target, Map.of(), delta);
    }

    private RestoreRequest copy(Map<Path, Path> tablespaces, boolean delta) {
        return copy(new RestoreTarget.Latest(), tablespaces, delta);
    }

    private RestoreRequest copy(RestoreTarget target, Map<Path, Path> tablespaces, boolean delta) {
        return new RestoreRequest(
                room.path("copy"),
                target,
                Optional.empty(),
                Optional.empty(),
                tablespaces,
                RestoreRequest.Ending.STOPPED,
                delta,
                2);
    }

    private RestoreRequest to(String name, RestoreTarget target, RestoreRequest.Ending ending) {
        RestoreRequest request = room.to(name, target);
        return new RestoreRequest(
                request.directory(),
                request.target(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                ending,
                false,
                2);
    }

    private static Map<Path, String> files(Path place) throws IOException {
        var files = new TreeMap<Path, String>();
        try (Stream<Path> entries = Files.walk(place)) {
            for (Path entry : entries.toList()) {
                files.put(
                        entry,
                        Files.getLastModifiedTime(entry)
                                + (Files.isRegularFile(entry)
                                        ? " " + Arrays.hashCode(Files.readAllBytes(entry))
                                        : ""));
            }
        }
        return files;
    }
}
