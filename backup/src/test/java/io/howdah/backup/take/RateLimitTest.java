package io.howdah.backup.take;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    /// However fast a machine is: what is read first is free, and the rest waits for what was read
    /// before it.
    @Test
    void readersTogetherReadNoMoreThanTheyMay() throws InterruptedException {
        var limit = new RateLimit(100_000);
        long begun = System.nanoTime();
        Thread other = Thread.ofVirtual().start(() -> limit.take(10_000));
        limit.take(10_000);
        other.join();
        limit.take(10_000);
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }
}
