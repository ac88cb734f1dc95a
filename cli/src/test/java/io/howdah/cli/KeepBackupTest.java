package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.catalog.Keep;
import io.howdah.backup.catalog.Keeps;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.manifest.ManifestSummary;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.store.FolderStore;
import io.howdah.cli.backup.BackupView;
import io.howdah.cli.backup.ListedBackup;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `howdah backup keep` and `release`, as they are typed.
class KeepBackupTest {

    private static final SystemId SYSTEM = new SystemId(7301);
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final BackupRecord BACKUP = record(BackupId.at(NOW));
    private static final String ID = BACKUP.id();

    @TempDir private Path folder;
    private FolderStore store;

    @BeforeEach
    void make() {
        store = new FolderStore(folder.resolve("repository"));
        new BackupCatalog(Repository.openOrMake(store, SYSTEM)).publish(BACKUP);
    }

    @Test
    void keptAndReleased() {
        assertThat(howdah("keep", ID)).isZero();
        assertThat(said().holds(Instant.MAX)).isTrue();
        assertThat(howdah("keep", ID, "--until", "in 90d")).isZero();
        assertThat(said().end()).isPresent();
        assertThat(howdah("release", ID)).isZero();
        assertThat(said().kept()).isFalse();
    }

    @Test
    void whatIsMistypedChangesNothing() {
        assertThat(howdah("keep", "newest")).isEqualTo(2);
        assertThat(howdah("keep", "20200101-000000-000000")).isEqualTo(1);
        assertThat(howdah("keep", ID, "--until", "2020-01-01")).isEqualTo(2);
        assertThat(howdah("keep", ID, "--until", "soon")).isEqualTo(2);
        assertThat(howdah("keep")).isEqualTo(2);
        assertThat(howdah("release", ID)).isEqualTo(1);
        assertThat(new Keeps(store).all(KeepBackupTest::refuse)).isEmpty();
    }

    @Test
    void dayIsKeptToItsEndWhereTheOperatorIs() {
        ZoneId zone = ZoneId.of("Europe/Berlin");
        assertThat(BackupKeepCommand.end("2026-12-31", NOW, zone))
                .isEqualTo("2026-12-31T23:00:00Z");
        assertThat(BackupKeepCommand.end("2026-12-31T12:00:00Z", NOW, zone))
                .isEqualTo("2026-12-31T12:00:00Z");
        assertThat(BackupKeepCommand.end("2026-11-01", NOW, zone)).isAfter(NOW);
        assertThatThrownBy(() -> BackupKeepCommand.end("2026-10-31", NOW, zone))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("'2026-10-31' is past")
                .hasMessageContaining("HINT: ");
    }

    @Test
    void listShowsWhatIsKept() {
        Map<BackupId, Keep> keeps =
                Map.of(BACKUP.backupId(), new Keep(1, true, NOW.plus(Duration.ofDays(1)), null));
        assertThat(lines(keeps, NOW))
                .last()
                .asString()
                .endsWith("kept until 2026-11-02 12:00:00+00:00");
        assertThat(lines(keeps, NOW.plus(Duration.ofDays(1))))
                .last()
                .asString()
                .doesNotContain("kept");
        assertThat(lines(Map.of(BACKUP.backupId(), new Keep(1, true, null, null)), NOW))
                .last()
                .asString()
                .endsWith("kept");
        String json =
                new String(
                        RepositoryJson.write(ListedBackup.of(List.of(BACKUP), keeps, NOW)),
                        StandardCharsets.UTF_8);
        assertThat(json)
                .contains("\"id\" : \"" + ID + "\"")
                .contains("\"kept\" : true")
                .contains("\"kept-until\" : \"2026-11-02T12:00:00Z\"");
    }

    private static List<String> lines(Map<BackupId, Keep> keeps, Instant now) {
        return BackupView.list(ListedBackup.of(List.of(BACKUP), keeps, now), ZoneOffset.UTC, false)
                .stream()
                .map(String::strip)
                .toList();
    }

    private Keep said() {
        return Optional.ofNullable(
                        new Keeps(store).all(KeepBackupTest::refuse).get(BACKUP.backupId()))
                .orElseThrow();
    }

    private static void refuse(RuntimeException damaged) {
        throw damaged;
    }

    private int howdah(String verb, String... more) {
        String[] arguments = new String[4 + more.length];
        arguments[0] = "backup";
        arguments[1] = verb;
        arguments[2] = "--repository";
        arguments[3] = folder.resolve("repository").toString();
        System.arraycopy(more, 0, arguments, 4, more.length);
        return Howdah.run(arguments);
    }

    private static BackupRecord record(BackupId id) {
        return new BackupRecord(
                1,
                id.text(),
                SYSTEM,
                "18.0",
                false,
                TimelineId.FIRST,
                new Lsn(1 << 20),
                new Lsn(1 << 21),
                NOW,
                NOW,
                1 << 20,
                true,
                List.of(),
                0,
                new ManifestSummary(1, 0, 0, 0, "", 0, ""),
                new DamagedPages(0, List.of()),
                LeftOutLinks.NONE);
    }
}
