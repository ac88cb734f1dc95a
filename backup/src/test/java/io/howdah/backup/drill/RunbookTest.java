package io.howdah.backup.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.restore.ScratchPlace;
import io.howdah.backup.seal.KeySource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunbookTest {

    private static final DrillRequest REQUEST =
            new DrillRequest(
                    new ScratchPlace(Path.of("/srv/drills")), DrillGoals.NONE, List.of(), false, 1);

    /// Who has to restore by the printed report finds the key by it too, but not in it.
    @Test
    void restoreByHandNamesTheKeyOfAnEncryptedRepository() {
        assertThat(restore(new KeySource.File(Path.of("/etc/howdah/repository.key"))))
                .endsWith(" --key-file /etc/howdah/repository.key");
        assertThat(restore(new KeySource.Command(List.of("/opt/vault", "read the key"))))
                .endsWith(" --key-command /opt/vault --key-command 'read the key'");
    }

    private static String restore(KeySource key) {
        return new Runbook("/var/backups/orders", key.options(), REQUEST)
                .restore("20261129-010000-000abc", Map.of());
    }
}
