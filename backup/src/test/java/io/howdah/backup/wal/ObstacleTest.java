package io.howdah.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.store.Content;
import io.howdah.backup.store.FaultyStore;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class ObstacleTest {

    private static final ObjectName NAME = new ObjectName("wal/7301/00000001/segment.zst");

    private final MemoryStore store = new MemoryStore();
    private final FaultyStore faulty = new FaultyStore(store, 1, 0);
    private final CountDownLatch over = new CountDownLatch(1);

    @Test
    void archiveGoesOnWhenTheOtherWalWasMovedAway() throws Exception {
        put(NAME);
        put(new ObjectName(NAME + ".old"));
        faulty.fallSilent();
        CompletableFuture<Void> waits = waits();
        faulty.heal();
        assertThat(waits).isNotDone();
        store.delete(NAME);
        end(waits);
        assertThat(over.getCount()).isOne();
    }

    @Test
    void nobodyWaitsForItAnyMoreWhenTheArchiveEnds() throws Exception {
        put(NAME);
        CompletableFuture<Void> waits = waits();
        assertThat(waits).isNotDone();
        over.countDown();
        end(waits);
        assertThat(store.names()).hasSize(1);
    }

    private CompletableFuture<Void> waits() {
        var obstacle = new Obstacle(faulty, NAME, Duration.ofMillis(2));
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        obstacle.awaitGone(over);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> Thread.ofVirtual().start(task));
    }

    private static void end(CompletableFuture<Void> waits)
            throws InterruptedException, ExecutionException, TimeoutException {
        assertThat(waits.get(60, TimeUnit.SECONDS)).isNull();
    }

    private void put(ObjectName name) {
        PutOutcome _ = store.put(name, Content.of(new byte[1]), PutMode.IF_ABSENT);
    }
}
