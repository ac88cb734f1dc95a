package io.howdah.cluster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UnsteadyStreamTest {

    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(250);

    private final UnsteadyStream stream = new UnsteadyStream(0);
    private long now;

    private void looks(int count, boolean receiving) {
        for (int i = 0; i < count; i++) {
            now += STEP;
            stream.look(now, receiving);
        }
    }

    @Test
    void receiverThatStreamsForAMomentAtATimeIsNotSteady() {
        for (int i = 0; i < 10; i++) {
            looks(3, true);
            looks(1, false);
        }

        assertThat(stream.unsteadyNanos(now)).isEqualTo(now);
    }

    @Test
    void receiverThatIsFoundAtEachLookIsSteady() {
        looks(8, false);
        looks(40, true);

        assertThat(stream.unsteadyNanos(now)).isZero();
    }

    @Test
    void unsteadinessCountsFromTheLastSteadyMoment() {
        looks(40, true);
        looks(8, false);

        assertThat(stream.unsteadyNanos(now)).isEqualTo(8 * STEP);
    }

    @Test
    void nothingOfBeforeCountsOnceItBeginsAnew() {
        looks(40, false);
        stream.beginAnew(now);
        looks(2, false);

        assertThat(stream.unsteadyNanos(now)).isEqualTo(2 * STEP);
    }
}
