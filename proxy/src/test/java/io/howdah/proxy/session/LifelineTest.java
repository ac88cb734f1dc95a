package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.session.Lifeline.Sight;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A machine is lost when it was asked and has not answered, and at no other time. What is seen of
/// a connection is made up here, a look each second; on real ones see `VanishedMachineTest`.
class LifelineTest {

    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final int LONG_SECONDS = 600;

    private final Lifeline lifeline =
            new Lifeline(new ManualChannel(new UnpooledByteBufAllocator(false)));
    private long second = 1_000;
    private long heardSecond = 900;

    private boolean look(boolean open, int repeats) {
        second++;
        return lifeline.isCut(
                new Sight(open, repeats, (second - heardSecond) * 1_000),
                BOUND,
                Duration.ofSeconds(second).toNanos());
    }

    private void hear() {
        heardSecond = second;
    }

    @Test
    void machineThatDoesNotAnswerIsLostOnceTheBoundIsOver() {
        assertThat(look(true, 0)).isFalse();
        assertThat(look(true, 1)).isFalse();
        for (int i = 1; i < 60; i++) {
            assertThat(look(true, 1 + i / 8)).isFalse();
        }
        assertThat(look(true, 9)).isTrue();
    }

    @Test
    void machineThatIsHeardIsNotLost() {
        for (int i = 0; i < LONG_SECONDS; i++) {
            assertThat(look(true, i % 3)).isFalse();
            if (i % 50 == 0) {
                hear();
            }
        }
    }

    /// Of a side that takes nothing the kernel asks every two minutes in the end.
    @Test
    void machineThatIsAskedRarelyIsNotLostInBetween() {
        int repeats = 5;
        for (int i = 0; i < LONG_SECONDS; i++) {
            if (i % 120 == 0) {
                repeats++;
            }
            assertThat(look(true, repeats)).isFalse();
            if (i % 120 == 0) {
                hear();
            }
        }
    }

    @Test
    void machineThatIsAskedRarelyIsLostWhenItDoesNotAnswer() {
        look(true, 5);
        for (int i = 0; i < 120; i++) {
            assertThat(look(true, 5)).isFalse();
        }
        for (int i = 0; i < 60; i++) {
            assertThat(look(true, 6)).isFalse();
        }
        assertThat(look(true, 6)).isTrue();
    }

    @Test
    void connectionOnWhichAllHasArrivedIsNotLost() {
        look(true, 0);
        look(true, 1);
        for (int i = 0; i < LONG_SECONDS; i++) {
            assertThat(look(false, 0)).isFalse();
        }
        assertThat(lifeline.isOpen(Long.MAX_VALUE)).isFalse();
    }
}
