package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.verify.Verification;
import io.howdah.backup.verify.VerifyResult;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class VerifyBesideSweepTest {

    @Test
    void whatASweepRemovesMeanwhileIsNoDamage() {
        try (var room = new BackupRoom();
                var server = room.server("server", "auto")) {
            BackupRecord backup = room.take(server);
            VerifyResult result =
                    new Verification(room.repository(), 1, read -> removeAll(room)).run();
            assertThat(result.damage()).isEmpty();
            assertThat(result.isWhole()).isTrue();
            assertThat(room.store().list("backups/" + backup.id(), null)).isEmpty();
        }
    }

    /// With its packs and its WAL.
    private static void removeAll(BackupRoom room) {
        var names = new ArrayList<ObjectName>();
        for (String folder : new String[] {"backups/", "packs/", "wal/"}) {
            room.store().forEach(folder, object -> names.add(object.name()));
        }
        names.forEach(room.store()::delete);
    }
}
