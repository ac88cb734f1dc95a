package io.howdah.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.BackupStatus;
import io.howdah.node.api.ClusterStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackupRemarksTest {

    private static final ClusterStatus CLUSTER =
            new ClusterStatus("demo", 7, "n1", false, List.of(), null);

    @Test
    void backupUnderWayIsToldWithItsMemberAndHowFarItIs() {
        var backup =
                new BackupStatus(
                        "20261130-101502-123abc",
                        "n2",
                        Instant.parse("2026-11-30T10:15:02.123Z"),
                        1_200_000_000L,
                        3_400_000_000L,
                        1);
        assertThat(lines(CLUSTER.withRepositories(null, List.of(backup), null)))
                .containsExactly(
                        "backup 20261130-101502-123abc of n2 is under way since 2026-11-30"
                                + " 10:15:02+00:00: 1.1 GB of 3.2 GB read");
    }

    @Test
    void archiveThatDoesNotGoOnIsToldWithWhatToDo() {
        assertThat(lines(CLUSTER.withRepositories(null, List.of(), "it is full\nHINT: empty it")))
                .containsExactly("WAL is not archived: it is full", "HINT: empty it");
        assertThat(lines(CLUSTER)).isEmpty();
    }

    private static List<String> lines(ClusterStatus status) {
        return BackupRemarks.of(status, ZoneOffset.UTC, false);
    }
}
