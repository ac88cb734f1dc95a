package io.howdah.backup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.restore.RestoreListener;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restored;
import io.howdah.backup.restore.Restoring;
import io.howdah.backup.seal.KeySource;
import io.howdah.backup.seal.SealedStore;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.S3Server;
import io.howdah.backup.store.StoreAddress;
import io.howdah.backup.take.BackupTaking;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeOptions;
import io.howdah.backup.verify.Verification;
import io.howdah.backup.verify.VerifyResult;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EncryptedBackupTest {

    private static final String SECRET = "the answer that nobody else may read";

    private final BackupRoom room = new BackupRoom();
    private final S3Server bucket = new S3Server(1, 0.02);

    @AfterEach
    void close() {
        bucket.close();
        room.close();
    }

    @Test
    void encryptedBackupInABucketRestoresWithItsKeyAndShowsNothingWithoutIt() throws Exception {
        var store =
                new SealedStore(
                        StoreAddress.open(bucket.address("orders", room.path("credentials"))),
                        new KeySource.Command(List.of("/bin/echo", "0123456789abcdef".repeat(4))));
        try (var server = room.server("primary", "auto")) {
            server.execute(
                    "create table t as select n, '"
                            + SECRET
                            + "' || md5(n::text) as text from generate_series(1, 30000) n");
            BackupRecord _ =
                    new BackupTaking(
                                    store,
                                    RepositoryMemory.none(),
                                    server.source(),
                                    new TakeOptions(2, 0, 1, false),
                                    new TakeListener() {})
                            .run();
        }
        for (ObjectName name : objects()) {
            assertThat(new String(read(name), ISO_8859_1))
                    .as("%s", name)
                    .doesNotContain(SECRET.substring(0, 12), "global/", "timeline");
        }
        assertThat(verify(store).damage()).isEmpty();
        assertThat(room.drill(Repository.open(store)).failed()).isEmpty();
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
        ObjectName pack =
                objects().stream()
                        .filter(name -> name.text().endsWith(".pack"))
                        .max(Comparator.comparingInt(name -> read(name).length))
                        .orElseThrow();
        byte[] bytes = read(pack);
        bytes[bytes.length / 2] ^= 1;
        bucket.content().put(pack, Content.of(bytes), PutMode.REPLACE);
        VerifyResult result = verify(store);
        assertThat(result.damageCount()).as("the chunks of one block").isBetween(1L, 60L);
        assertThat(result.damage().getFirst().toString()).contains(pack.last());
        assertThat(bucket.faults()).isPositive();
    }

    private static VerifyResult verify(SealedStore store) {
        return new Verification(Repository.open(store), 2, read -> {}).run();
    }

    private List<ObjectName> objects() {
        return bucket.content().names().stream()
                .filter(name -> !name.endsWith("howdah-repository.json"))
                .map(ObjectName::new)
                .toList();
    }

    private byte[] read(ObjectName name) {
        return bucket.content().get(name, 0, 1 << 26);
    }
}
