package io.howdah.cluster.deadman;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.lease.BootClock;
import io.howdah.postgres.process.PipeReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What takes an agent down may be a machine without memory or file handles: the switch goes on.
class SwitchLoopTest {

    private final AtomicLong now = new AtomicLong();
    private final Deque<byte[]> heard = new ArrayDeque<>();
    private final List<String> said = new ArrayList<>();

    private final class Clock implements BootClock {
        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public void pause(Duration time) {
            now.addAndGet(time.toNanos());
        }
    }

    /// Its agent says one thing, and goes; then it cannot listen for a while.
    private final class Troubled implements SwitchLoop.Beats {
        private int failures = 3;

        @Override
        public Optional<byte[]> next() {
            return Optional.ofNullable(heard.poll());
        }

        @Override
        public PipeReader.Woken await(long untilNanos) {
            if (failures > 0) {
                failures--;
                throw new IllegalStateException("too many open files");
            }
            if (now.get() < untilNanos && failures == 0) {
                failures = -1;
                return PipeReader.Woken.WRITERS_GONE;
            }
            now.set(Math.max(now.get(), untilNanos));
            return PipeReader.Woken.TIME;
        }
    }

    @Test
    void postgresEndsWhateverGoesWrongBefore() {
        heard.add(new Beat.Arm(Duration.ofSeconds(10).toNanos()).encoded());
        var kills = new AtomicInteger();

        new SwitchLoop(
                        new Troubled(),
                        new Clock(),
                        (wanted, _) -> {
                            assertThat(wanted.getAsBoolean()).isTrue();
                            if (kills.incrementAndGet() < 3) {
                                throw new UncheckedIOException(
                                        new IOException("too many open files"));
                            }
                            return true;
                        },
                        HostGuard.NONE,
                        "main",
                        said::add)
                .run();

        assertThat(kills).hasValueGreaterThanOrEqualTo(3);
        assertThat(now.get()).isGreaterThan(Duration.ofSeconds(10).toNanos());
        assertThat(said).anyMatch(line -> line.contains("too many open files"));
    }
}
