package io.howdah.postgres.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NullMarked
class PipeTest {

    private static final byte[] ONE = {1, 1, 1, 1};
    private static final byte[] TWO = {2, 2, 2, 2};

    @TempDir private Path directory = Path.of("");

    private Path pipe() {
        return directory.resolve("pipe");
    }

    @Test
    void aPipeThatNobodyReadsIsNotOpened() {
        assertThat(PipeWriter.open(pipe())).as("there is none").isEmpty();
        PipeReader.open(pipe(), ONE.length).close();
        assertThat(PipeWriter.open(pipe())).as("nobody reads").isEmpty();
    }

    @Test
    void messagesComeWholeAndInOrder() {
        try (PipeReader reader = PipeReader.open(pipe(), ONE.length);
                PipeWriter writer = PipeWriter.open(pipe()).orElseThrow()) {
            assertThat(reader.next()).isEmpty();
            assertThat(writer.write(ONE)).isEqualTo(PipeWriter.Written.DONE);
            assertThat(writer.write(TWO)).isEqualTo(PipeWriter.Written.DONE);
            assertThat(reader.await(Long.MAX_VALUE)).isEqualTo(PipeReader.Woken.MESSAGES);
            assertThat(reader.next()).hasValueSatisfying(m -> assertThat(m).isEqualTo(ONE));
            assertThat(reader.next()).hasValueSatisfying(m -> assertThat(m).isEqualTo(TWO));
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void theEndOfTheLastWriterIsToldOnceAndTheNextIsHeard() {
        try (PipeReader reader = PipeReader.open(pipe(), ONE.length)) {
            assertThat(reader.await(1)).as("no writer yet").isEqualTo(PipeReader.Woken.TIME);
            try (PipeWriter first = PipeWriter.open(pipe()).orElseThrow()) {
                assertThat(first.write(ONE)).isEqualTo(PipeWriter.Written.DONE);
            }
            assertThat(reader.await(Long.MAX_VALUE))
                    .as("what it said comes first")
                    .isEqualTo(PipeReader.Woken.MESSAGES);
            assertThat(reader.next()).isPresent();
            assertThat(reader.await(Long.MAX_VALUE)).isEqualTo(PipeReader.Woken.WRITERS_GONE);
            assertThat(reader.await(1)).isEqualTo(PipeReader.Woken.TIME);
            try (PipeWriter second = PipeWriter.open(pipe()).orElseThrow()) {
                assertThat(second.write(TWO)).isEqualTo(PipeWriter.Written.DONE);
                assertThat(reader.await(Long.MAX_VALUE)).isEqualTo(PipeReader.Woken.MESSAGES);
            }
        }
    }

    @Test
    void whoWritesIsToldThatNobodyReads() {
        PipeReader reader = PipeReader.open(pipe(), ONE.length);
        try (PipeWriter writer = PipeWriter.open(pipe()).orElseThrow()) {
            assertThat(writer.awaitNoReader(Duration.ofMillis(1))).isFalse();
            reader.close();
            assertThat(writer.awaitNoReader(Duration.ofMinutes(1))).isTrue();
            assertThat(writer.write(ONE)).isEqualTo(PipeWriter.Written.NO_READER);
        }
    }

    @Test
    void aReaderThatDoesNotReadHoldsNobodyUp() {
        try (PipeReader reader = PipeReader.open(pipe(), ONE.length);
                PipeWriter writer = PipeWriter.open(pipe()).orElseThrow()) {
            Await.until("the pipe is full", () -> fill(writer));
            assertThat(reader.next()).isPresent();
        }
    }

    private static boolean fill(PipeWriter writer) {
        for (int i = 0; i < 100_000; i++) {
            if (writer.write(ONE) == PipeWriter.Written.FULL) {
                return true;
            }
        }
        return false;
    }
}
