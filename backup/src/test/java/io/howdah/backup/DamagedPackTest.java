package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.store.StoredObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DamagedPackTest {

    private static final String SUM = "select md5(string_agg(noise::text, '' order by n)) from t";

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void nextBackupStoresAnewWhatAVerificationFoundDamagedOrMissing() throws IOException {
        String sum;
        try (var server = room.server("primary", "auto")) {
            // more than two packs of what cannot be compressed
            server.execute(
                    "create table t as select n, "
                            + "uuid_send(gen_random_uuid()) || ".repeat(7)
                            + "uuid_send(gen_random_uuid()) as noise"
                            + " from generate_series(1, 300000) n",
                    "checkpoint");
            sum = server.value(SUM);
            BackupRecord first = room.take(server);
            List<Path> packs = largestPacks();
            flip(packs.getFirst());
            Files.delete(packs.get(1));
            assertThat(room.verify().affected()).containsExactly(first.id());

            BackupRecord second = room.take(server);
            assertThat(room.verify().affected()).containsExactly(first.id());
            assertThatThrownBy(() -> room.restore(of(first, "first")))
                    .hasMessageContaining("is damaged in the repository");
            room.restore(of(second, "second"));
        }
        try (var copy = room.start("second", "auto")) {
            assertThat(copy.value(SUM)).isEqualTo(sum);
        }
    }

    private RestoreRequest of(BackupRecord backup, String name) {
        return room.to(name, new RestoreTarget.Immediate()).withBackup(backup.backupId());
    }

    private List<Path> largestPacks() {
        var packs = new ArrayList<StoredObject>();
        room.store().forEach("packs/", packs::add);
        packs.sort(Comparator.comparingLong(StoredObject::size).reversed());
        return packs.stream().map(each -> room.store().root().resolve(each.name().text())).toList();
    }

    private static void flip(Path path) throws IOException {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            long middle = file.length() / 2;
            file.seek(middle);
            int old = file.read();
            file.seek(middle);
            file.write(~old);
        }
    }
}
