package io.howdah.backup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.restore.RestoreListener;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restored;
import io.howdah.backup.restore.Restoring;
import io.howdah.backup.seal.KeySource;
import io.howdah.backup.seal.SealedStore;
import io.howdah.backup.take.BackupTaking;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeOptions;
import io.howdah.backup.verify.Verification;
import io.howdah.backup.verify.VerifyResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EncryptedBackupTest {

    private static final String SECRET = "the answer that nobody else may read";

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void encryptedBackupRestoresWithItsKeyAndShowsNothingWithoutIt() throws Exception {
        var store =
                new SealedStore(
                        room.store(),
                        new KeySource.Command(List.of("/bin/echo", "0123456789abcdef".repeat(4))));
        try (var server = room.server("primary", "auto")) {
            server.execute(
                    "create table t as select n, '"
                            + SECRET
                            + "' || md5(n::text) as text from generate_series(1, 30000) n");
            BackupRecord _ =
                    new BackupTaking(
                                    store,
                                    server.source(),
                                    new TakeOptions(2, 0, 1),
                                    new TakeListener() {})
                            .run();
        }
        for (Path file : files()) {
            assertThat(Files.readString(file, ISO_8859_1))
                    .as("%s", file)
                    .doesNotContain(SECRET.substring(0, 12), "global/", "timeline");
        }
        assertThat(verify(store).damage()).isEmpty();
        Restored _ =
                new Restoring(
                                Repository.open(store),
                                TestPostgres.USER,
                                room.to("copy", new RestoreTarget.Latest()),
                                new RestoreListener() {})
                        .run(TestPostgres.INSTALLATIONS);
        try (var copy = room.start("copy", "auto")) {
            assertThat(copy.value("select count(*) from t where text like 'the answer%'"))
                    .isEqualTo("30000");
        }
        Path pack =
                files().stream()
                        .filter(file -> file.toString().endsWith(".pack"))
                        .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                        .orElseThrow();
        byte[] bytes = Files.readAllBytes(pack);
        bytes[bytes.length / 2] ^= 1;
        Files.write(pack, bytes);
        VerifyResult result = verify(store);
        assertThat(result.damageCount()).as("the chunks of one block").isBetween(1L, 60L);
        assertThat(result.damage().getFirst().toString())
                .contains(String.valueOf(pack.getFileName()));
    }

    private static VerifyResult verify(SealedStore store) {
        return new Verification(Repository.open(store), 2, read -> {}).run();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(room.store().root())) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("howdah-repository.json"))
                    .toList();
        }
    }
}
