package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.manifest.ManifestPiece;
import io.howdah.backup.manifest.ManifestPieces;
import io.howdah.backup.manifest.ManifestReader;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.restore.DamagedPart;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restored;
import io.howdah.testing.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SkippedDamageTest {

    private static final int ROWS = 30_000;
    private static final int CHUNK_BYTES = 16_384;

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void whatIsDamagedBecomesZerosAndIsNamedAndAllElseIsThere() throws IOException {
        String path;
        BackupRecord backup;
        try (var server = room.server("primary", "auto")) {
            server.execute(
                    "create table t as select n, md5(n::text) from generate_series(1, 30000) n",
                    "create table calm as table t",
                    "checkpoint");
            path = server.value("pg_relation_filepath('t')");
            backup = room.take(server);
        }
        List<ChunkReference> chunks = chunks(backup, path);
        flip(chunks.get(4));
        flip(chunks.get(5));
        RestoreRequest request = room.to("copy", new RestoreTarget.Immediate());
        assertThatThrownBy(() -> room.restore(request))
                .hasMessageContaining(path + " at byte " + 4 * CHUNK_BYTES)
                .hasMessageContaining("--skip-damaged rescues the rest");

        Restored restored = room.restore(skipping(request));
        DamagedPart lost = restored.damaged().getFirst();
        assertThat(restored.damaged()).hasSize(1);
        assertThat(lost.path()).isEqualTo(path);
        assertThat(lost.from()).isEqualTo(4 * CHUNK_BYTES);
        assertThat(lost.to()).isEqualTo(6 * CHUNK_BYTES);
        assertThat(Files.readString(room.path("copy").resolve(DamagedPart.FILE)))
                .isEqualTo(lost + "\n");
        try (var copy = room.start("copy", "auto")) {
            assertThat(Integer.parseInt(copy.value("select count(*) from t")))
                    .isBetween(ROWS * 9 / 10, ROWS - 1);
            assertThat(copy.value("select count(*) from calm")).isEqualTo("" + ROWS);
        }
        withoutItsControlFileThereIsNothingToRescue(backup);
    }

    private void withoutItsControlFileThereIsNothingToRescue(BackupRecord backup)
            throws IOException {
        flip(chunks(backup, ManifestLine.CONTROL_FILE).getFirst());
        assertThatThrownBy(() ->
                        room.restore(skipping(room.to("none", new RestoreTarget.Immediate()))))
                .hasMessageContaining(ManifestLine.CONTROL_FILE)
                .hasMessageContaining("no server starts without this file");
    }

    /// Without images of whole pages in its WAL, replay meets the zeros themselves.
    @Test
    void firstStartPassesOverWalThatChangesWhatBecameZeros() throws IOException {
        String path;
        BackupRecord backup;
        try (var server = room.server("primary", "auto", Map.of("full_page_writes", "off"))) {
            server.execute(
                    "create table t as select n, md5(n::text) from generate_series(1, 30000) n",
                    "checkpoint");
            path = server.value("pg_relation_filepath('t')");
            backup = room.take(server);
            server.execute("delete from t where n % 100 = 0", "create table later ()");
            room.archive(server);
        }
        flip(chunks(backup, path).get(4));

        Restored restored =
                room.restore(
                        skipping(
                                room.to(
                                        "copy",
                                        new RestoreTarget.Latest(),
                                        RestoreRequest.Ending.PREPARED)));
        assertThat(restored.damaged()).hasSize(1);
        try (var copy = room.start("copy", "auto")) {
            Await.until("promoted", () -> copy.value("pg_is_in_recovery()").equals("false"));
            assertThat(copy.value("to_regclass('later')")).isEqualTo("later");
        }
    }

    private static RestoreRequest skipping(RestoreRequest request) {
        return new RestoreRequest(
                request.directory(),
                request.target(),
                request.backup(),
                request.timeline(),
                request.tablespaces(),
                request.ending(),
                request.delta(),
                true,
                request.workers());
    }

    private List<ChunkReference> chunks(BackupRecord backup, String path) {
        var found = new ArrayList<ChunkReference>();
        try (ManifestReader manifest =
                ManifestReader.of(
                        room.store(), backup.backupId().manifestFolder(), backup.manifest())) {
            new ManifestPieces(
                            new ManifestPieces.Visitor() {
                                @Override
                                public void directory(ManifestLine.Directory directory) {}

                                @Override
                                public void piece(ManifestPiece piece) {
                                    if (piece.file().path().equals(path)) {
                                        found.addAll(piece.chunks());
                                    }
                                }
                            })
                    .read(manifest);
        }
        return found;
    }

    private void flip(ChunkReference chunk) throws IOException {
        String pack = chunk.pack().object().text();
        try (var file = new RandomAccessFile(room.store().root().resolve(pack).toFile(), "rw")) {
            long middle = chunk.offset() + (long) chunk.length() / 2;
            file.seek(middle);
            int old = file.read();
            file.seek(middle);
            file.write(~old);
        }
    }
}
