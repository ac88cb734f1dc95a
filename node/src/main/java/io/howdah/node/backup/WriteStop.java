package io.howdah.node.backup;

import io.howdah.backup.wal.SlotRoom;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stops writes on a primary before WAL is lost that no repository has, and lets them go on when
/// the archive has caught up. The agent makes the server refuse new ones (`StopFile`); transactions
/// that go on writing all the same are ended here, when little room is left. `start` is called
/// once; to be closed.
final class WriteStop implements AutoCloseable {

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Logger LOG = LoggerFactory.getLogger(WriteStop.class);

    private final SqlIdentifier slot;
    private final StopFile file;
    private final Rounds rounds;

    /// @param slot the archive's
    /// @param server the node's own, as its superuser; empty while none runs
    WriteStop(SqlIdentifier slot, Supplier<Optional<ConnectionSettings>> server, StopFile file) {
        this.slot = slot;
        this.file = file;
        this.rounds =
                new Rounds(
                        "write-stop",
                        "whether writes must be stopped is not known",
                        LOOK,
                        () -> server.get().ifPresent(this::watch));
    }

    void start() {
        rounds.start();
    }

    /// Until the server is gone.
    private void watch(ConnectionSettings running) {
        try (PostgresConnection session = PostgresConnection.open(running)) {
            while (true) {
                Optional<SlotRoom> room = SlotRoom.look(session, slot);
                decide(room);
                if (room.filter(SlotRoom::isNearlyGone).isPresent()) {
                    int ended = SlotRoom.endWriters(session);
                    if (ended > 0) {
                        LOG.warn("{} sessions were ended that went on writing", ended);
                    }
                }
                Thread.sleep(LOOK);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file.path() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void decide(Optional<SlotRoom> room) throws IOException {
        boolean stopped = file.isThere();
        if (!stopped && room.filter(SlotRoom::isShort).isPresent()) {
            file.put();
            LOG.error(
                    "writes are stopped: {} MB more of WAL, and some would be lost that is not in"
                            + " every repository\nHINT: see that the repositories answer; writes go"
                            + " on by themselves",
                    room.get().leftBytes() >> 20);
        } else if (stopped && room.filter(left -> !left.isAmple()).isEmpty()) {
            file.remove();
            LOG.info("writes go on");
        }
    }

    @Override
    public void close() {
        rounds.close();
    }
}
