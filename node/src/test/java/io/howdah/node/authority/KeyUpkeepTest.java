package io.howdah.node.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyUpkeepTest {

    @TempDir private Path directory;

    @Test
    void certificateIsRenewedInTimeWhileTheNodeRuns() throws Exception {
        Instant start = Instant.now();
        var cluster = new TestCluster(directory, "orders");
        KeyMaterial keys = KeyMaterial.load(cluster.nodeWithAuthority("n1", "127.0.0.1", start));
        Instant end = keys.expiry();
        var now = new AtomicReference<>(start);
        try (var upkeep = new KeyUpkeep(keys, "127.0.0.1", now::get)) {
            upkeep.round();
            assertThat(keys.expiry()).isEqualTo(end);
            now.set(start.plus(Duration.ofDays(300)));
            upkeep.start();
            Await.until("renewed", () -> keys.expiry().isAfter(end));
        }
    }

    @Test
    void withoutTheAuthoritysKeyItGoesOn() {
        Instant start = Instant.now();
        var cluster = new TestCluster(directory, "orders");
        KeyMaterial keys = KeyMaterial.load(cluster.node("n1", "127.0.0.1", start));
        Instant end = keys.expiry();
        try (var upkeep =
                new KeyUpkeep(keys, "127.0.0.1", () -> start.plus(Duration.ofDays(400)))) {
            upkeep.round();
            upkeep.round();
        }
        assertThat(keys.expiry()).isEqualTo(end);
    }
}
