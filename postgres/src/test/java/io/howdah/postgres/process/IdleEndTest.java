package io.howdah.postgres.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IdleEndTest {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static Process start(String script) throws IOException {
        return new ProcessBuilder("sh", "-c", script).start();
    }

    @Test
    void programThatDoesNothingIsEndedWithItsChildren() throws Exception {
        Process process = start("sleep 1000; true");
        try (IdleEnd watch = IdleEnd.of(process, PATIENCE)) {
            assertThat(process.waitFor()).isNotZero();
            assertThat(watch.hasEnded()).isTrue();
            // the child held it open
            assertThat(process.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void programThatWorksForLongerIsLetAlone() throws Exception {
        Process process = start("i=0; while [ $i -lt 4000000 ]; do i=$((i+1)); done");
        try (IdleEnd watch = IdleEnd.of(process, PATIENCE)) {
            assertThat(process.waitFor()).isZero();
            assertThat(watch.hasEnded()).isFalse();
        }
    }

    @Test
    void nobodyIsEndedWhenItIsClosed() throws Exception {
        Process process = start("exec sleep 1000");
        try {
            IdleEnd watch = IdleEnd.of(process, Duration.ofHours(1));
            watch.close();
            assertThat(process.isAlive()).isTrue();
            assertThat(watch.hasEnded()).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }
}
