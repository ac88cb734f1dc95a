package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.Zstd;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.restore.RestoreListener;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreStep;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restored;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import io.howdah.testing.SmallVolume;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A restore that did not come to its end, and what becomes of its directory.
class ResumedRestoreTest {

    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final BackupRoom room = new BackupRoom();

    @SuppressWarnings("NullAway.Init")
    private BackupRecord first;

    @SuppressWarnings("NullAway.Init")
    private BackupRecord second;

    @BeforeEach
    void begin() {
        try (var server = room.server("primary", "auto")) {
            first = room.take(server);
            server.execute("create table t as select 1 as n");
            second = room.take(server);
            for (int n = 2; n < 4; n++) {
                server.execute("insert into t values (" + n + ")", "select pg_switch_wal()");
            }
            server.execute("insert into t values (4)");
            room.archive(server);
        }
    }

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void restoreGoesOnWithItsBackupThoughThereIsANewerOneByNow() {
        RestoreRequest request = request("copy", RestoreRequest.Ending.PREPARED);
        interrupt(request.withBackup(first.backupId()));
        assertThatThrownBy(() -> room.restore(request.withBackup(second.backupId())))
                .hasMessageContaining("a restore of the backup " + first.id() + " was interrupted")
                .hasMessageContaining("HINT: say --backup " + first.id() + " to go on with it");
        Restored restored = room.restore(request);
        assertThat(restored.backup()).isEqualTo(first);
        assertThat(restored.kept()).isPositive();
    }

    /// Who runs PostgreSQL may not be allowed to write there.
    @Test
    void nothingIsWrittenBesideTheDirectory() {
        Path place = room.directory("place");
        var beside = new TreeSet<String>();
        Restored _ =
                room.restore(
                        room.to("place/copy", new RestoreTarget.Latest()),
                        new RestoreListener() {
                            @Override
                            public void step(RestoreStep step) {
                                beside.addAll(names(place));
                            }
                        });
        assertThat(beside).containsExactly("copy");
        assertThat(names(room.path("place/copy"))).noneMatch(name -> name.startsWith("howdah"));
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(each -> each.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void restoreWhoseBackupDoesNotLeadToTheTargetSaysWhichOneIsThere() {
        RestoreRequest early =
                new RestoreRequest(
                        room.path("copy"),
                        new RestoreTarget.At(first.stopTime()),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of(),
                        RestoreRequest.Ending.PREPARED,
                        false,
                        2);
        interrupt(request("copy", RestoreRequest.Ending.PREPARED));
        assertThatThrownBy(() -> room.restore(early))
                .hasMessageContaining("HINT: say --backup " + second.id() + " to go on with it");
    }

    @Test
    void followerIsMadeOfAnotherRepositoryWhereOneHasFailedOnTheWay() {
        RestoreRequest request = request("copy", RestoreRequest.Ending.FOLLOWER);
        interrupt(request.withBackup(first.backupId()));
        Restored restored = room.restore(request.withBackup(second.backupId()));
        assertThat(restored.backup()).isEqualTo(second);
        assertThat(restored.kept()).isPositive();
    }

    @Test
    void followerGetsWhatIsArchivedWhileItIsMade() {
        Lsn reach = room.restore(request("first", RestoreRequest.Ending.FOLLOWER)).reach();
        var later = new LinkedHashMap<ObjectName, byte[]>();
        walBehindTheBackup().forEach(name -> later.put(name, content(name)));
        later.keySet().forEach(room.store()::delete);
        Restored restored =
                room.restore(
                        request("copy", RestoreRequest.Ending.FOLLOWER),
                        new RestoreListener() {
                            @Override
                            public void step(RestoreStep step) {
                                if (step == RestoreStep.FILES_WRITTEN) {
                                    later.forEach((name, bytes) -> put(name, bytes));
                                }
                            }
                        });
        assertThat(restored.reach()).isEqualTo(reach);
        assertThat(names(room.path("copy/pg_wal")))
                .containsAll(later.keySet().stream().map(ResumedRestoreTest::stem).toList());
    }

    private byte[] content(ObjectName name) {
        try (InputStream in = room.store().get(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void put(ObjectName name, byte[] bytes) {
        PutOutcome _ = room.store().put(name, Content.of(bytes), PutMode.IF_ABSENT);
    }

    @ParameterizedTest
    @EnumSource(names = {"PREPARED", "STOPPED", "SCRATCH"})
    void walThatVanishesMeanwhileIsMissed(RestoreRequest.Ending ending) {
        List<ObjectName> later = walBehindTheBackup();
        assertThatThrownBy(() ->
                        room.restore(
                                request("copy", ending),
                                new RestoreListener() {
                                    @Override
                                    public void step(RestoreStep step) {
                                        if (step == RestoreStep.FILES_WRITTEN) {
                                            later.forEach(room.store()::delete);
                                        }
                                    }
                                }))
                .hasMessageContaining("the WAL segment " + stem(later.getFirst()))
                .hasMessageContaining("and is there no more");
    }

    @Test
    void walThatCannotBeReplayedIsNoEndOfIt() {
        List<ObjectName> later = walBehindTheBackup();
        PutOutcome _ =
                room.store()
                        .put(
                                later.get(1),
                                Content.of(Zstd.compress(new byte[second.walSegmentBytes()])),
                                PutMode.REPLACE);
        WalSegment first =
                WalSegment.named(stem(later.getFirst()), second.walSegmentBytes()).orElseThrow();
        assertThatThrownBy(() -> room.restore(request("copy", RestoreRequest.Ending.STOPPED)))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("the WAL from " + first.end() + " on cannot be replayed")
                .hasMessageContaining(
                        "has WAL up to " + new Lsn(first.end().value() + 2L * first.size()))
                .hasMessageContaining("of the last commit there, by --to");
    }

    /// The segments that only a later moment needs, in order.
    private List<ObjectName> walBehindTheBackup() {
        WalSegment last =
                WalSegment.at(
                        second.timeline(),
                        new Lsn(second.stopLsn().value() - 1),
                        second.walSegmentBytes());
        var names = new ArrayList<ObjectName>();
        room.store()
                .forEach(
                        "wal/",
                        object -> {
                            if (stem(object.name()).compareTo(last.name()) > 0) {
                                names.add(object.name());
                            }
                        });
        return names;
    }

    private static String stem(ObjectName name) {
        return name.last().replace(".zst", "");
    }

    @Test
    void restoreOntoAFullDiskGoesOnWhenThereIsRoom() throws IOException {
        Optional<SmallVolume> mounted = SmallVolume.mount(room.path("small"), 160);
        assumeTrue(mounted.isPresent(), "only root may mount a volume");
        try (SmallVolume volume = mounted.get()) {
            Path ballast = volume.directory().resolve("ballast");
            // room for a part of the files
            Files.write(ballast, new byte[150 << 20]);
            RestoreRequest request = request("small/copy", RestoreRequest.Ending.PREPARED);
            assertThatThrownBy(() -> room.restore(request))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot write ")
                    .hasRootCauseMessage("No space left on device");
            assertThat(request.directory().resolve("global/pg_control")).doesNotExist();
            Files.delete(ballast);
            assertThat(room.restore(request).kept()).isPositive();
        }
    }

    @Test
    void copyWhoseReplacementWasInterruptedIsReplacedByTheNextOne() {
        RestoreRequest request = request("copy", RestoreRequest.Ending.PREPARED);
        room.restore(request.withBackup(first.backupId()));
        for (RestoreStep step : List.of(RestoreStep.MARKED, RestoreStep.CLEARED)) {
            interrupt(delta(request.withBackup(first.backupId())), step);
            Restored restored = room.restore(delta(request.withBackup(second.backupId())));
            assertThat(restored.backup()).isEqualTo(second);
            assertThat(restored.kept()).isPositive();
        }
    }

    private static RestoreRequest delta(RestoreRequest request) {
        return new RestoreRequest(
                request.directory(),
                request.target(),
                request.backup(),
                request.timeline(),
                Map.of(),
                request.ending(),
                true,
                2);
    }

    private void interrupt(RestoreRequest request) {
        interrupt(request, RestoreStep.FILES_WRITTEN);
    }

    private void interrupt(RestoreRequest request, RestoreStep last) {
        assertThatThrownBy(() ->
                        room.restore(
                                request,
                                new RestoreListener() {
                                    @Override
                                    public void step(RestoreStep step) {
                                        if (step == last) {
                                            throw new Interrupted();
                                        }
                                    }
                                }))
                .isInstanceOf(Interrupted.class);
    }

    private RestoreRequest request(String name, RestoreRequest.Ending ending) {
        return new RestoreRequest(
                room.path(name),
                new RestoreTarget.Latest(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                ending,
                false,
                2);
    }
}
