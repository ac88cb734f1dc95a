package io.howdah.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.testing.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.junit.jupiter.api.Test;

class SnapshotWriterTest {

    private static final byte[] CONTENT = {1, 2, 3};

    private final CountDownLatch disk = new CountDownLatch(1);
    private final List<Long> written = Collections.synchronizedList(new ArrayList<>());
    private final SnapshotWriter writer =
            new SnapshotWriter((at, _) -> {
                awaitUninterruptibly();
                written.add(at.getIndex());
            });

    private void awaitUninterruptibly() {
        try {
            disk.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void nobodyWaitsForADiskThatHangs() throws IOException {
        writer.begin(TermIndex.valueOf(1, 7), CONTENT);
        assertThat(writer.isBusy()).isTrue();
        assertThat(writer.takeWritten()).isEqualTo(RaftLog.INVALID_LOG_INDEX);

        disk.countDown();

        Await.until("written", () -> !writer.isBusy());
        assertThat(written).containsExactly(7L);
        assertThat(writer.takeWritten()).isEqualTo(7);
        assertThat(writer.takeWritten()).isEqualTo(RaftLog.INVALID_LOG_INDEX);
    }

    @Test
    void failureIsToldOnceAndTheNextOneIsWritten() throws IOException {
        disk.countDown();
        List<Long> tried = Collections.synchronizedList(new ArrayList<>());
        var failing =
                new SnapshotWriter((at, _) -> {
                    tried.add(at.getIndex());
                    if (tried.size() == 1) {
                        throw new IOException("no room");
                    }
                });
        failing.begin(TermIndex.valueOf(1, 7), CONTENT);
        Await.until("tried", () -> !failing.isBusy());
        assertThatThrownBy(failing::takeWritten)
                .isInstanceOf(IOException.class)
                .hasRootCauseMessage("no room");
        assertThat(failing.takeWritten()).isEqualTo(RaftLog.INVALID_LOG_INDEX);

        failing.begin(TermIndex.valueOf(1, 8), CONTENT);

        Await.until("written", () -> !failing.isBusy());
        assertThat(failing.takeWritten()).isEqualTo(8);
    }

    @Test
    void snapshotThatANewerOneHasReplacedIsNotToldOf() throws IOException {
        writer.begin(TermIndex.valueOf(1, 7), CONTENT);
        writer.forget();
        disk.countDown();
        writer.close();
        assertThat(written).containsExactly(7L);
        assertThat(writer.takeWritten()).isEqualTo(RaftLog.INVALID_LOG_INDEX);
    }

    @Test
    void closeWaitsForWhatIsBeingWritten() throws Exception {
        writer.begin(TermIndex.valueOf(1, 7), CONTENT);
        Thread closing =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                writer.close();
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        });
        Await.until("it waits", () -> closing.getState() == Thread.State.WAITING);
        disk.countDown();
        closing.join();
        assertThat(written).containsExactly(7L);
    }
}
