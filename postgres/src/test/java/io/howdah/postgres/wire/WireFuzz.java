package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.testing.fuzz.FuzzInput;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// Whatever a server says, in whatever pieces: a call has a result or ends with one of the
/// exceptions that it declares, and a connection in doubt is closed.
public final class WireFuzz {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final ConnectionSettings SETTINGS =
            ConnectionSettings.of(new ServerAddress.Tcp("127.0.0.1", 5432), "someone")
                    .withPassword(Secret.of("secret"));
    private static final byte[] LET_IN = {'R', 0, 0, 0, 8, 0, 0, 0, 0, 'Z', 0, 0, 0, 5, 'I'};

    private WireFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        int call = input.next(7);
        FuzzInput cuts = new FuzzInput(input.bytes(8));
        Server server = new Server(call == 0 ? new byte[0] : LET_IN, input.rest(), cuts);
        Wire wire = new Wire(SETTINGS.address(), server, null, 64);
        try {
            new StartUp(wire, SETTINGS, Map.of()).run(LIMIT);
            call(wire, call);
            assertThat(wire.notices()).hasSizeLessThanOrEqualTo(100);
        } catch (ConnectionFailedException | ProtocolException | DeadlineExceededException e) {
            assertThat(wire.isOpen()).as("open after %s", e.getMessage()).isFalse();
        } catch (PostgresServerException e) {
            assertThat(wire.isOpen() && e.report().endsConnection()).isFalse();
        } catch (WireException e) {
            assertThat(e.getMessage()).isNotBlank();
        } finally {
            wire.close();
        }
        assertThat(wire.isOpen()).isFalse();
    }

    private static void call(Wire wire, int call) {
        ReplicationConnection replication = new ReplicationConnection(wire, LIMIT);
        switch (call) {
            case 1 -> {
                Rows rows = wire.call(LIMIT, "a query", () -> new Statement(wire).last("select"));
                rows.affected();
                for (Row row : rows) {
                    rows.columns().forEach(row::optionalText);
                }
            }
            case 2 ->
                    wire.call(
                            LIMIT,
                            "a query",
                            () -> new Statement(wire).bound("select $1", new Object[] {1}));
            case 3 -> replication.identifySystem();
            case 4 -> {
                replication.timelineHistory(new TimelineId(7));
                replication.serverVersion();
            }
            case 5 -> replication.readSlot(new SqlIdentifier("slot"));
            case 6 -> stream(replication);
            default -> {}
        }
    }

    /// What a sink is given has no gap, whoever sends it.
    private static void stream(ReplicationConnection replication) {
        WalStream stream =
                replication.walStream(
                        new WalStreamRequest(null, TimelineId.FIRST, Lsn.ZERO, LIMIT));
        stream.run(
                new WalSink() {
                    private Lsn next = Lsn.ZERO;

                    @Override
                    public void wal(Lsn start, ByteBuffer bytes) {
                        assertThat(start).isEqualTo(next);
                        next = new Lsn(start.value() + bytes.remaining());
                        stream.report(next);
                    }

                    @Override
                    public void serverIsAt(Lsn end, Instant clock) {
                        assertThat(end).isGreaterThanOrEqualTo(next);
                    }
                });
    }

    /// Says what it was given, in pieces, and goes away.
    private static final class Server implements ByteChannel {
        private final ByteBuffer said;
        private final FuzzInput cuts;
        private boolean open = true;

        Server(byte[] first, byte[] then, FuzzInput cuts) {
            this.said = ByteBuffer.allocate(first.length + then.length).put(first).put(then).flip();
            this.cuts = cuts;
        }

        @Override
        public int read(ByteBuffer into) {
            if (!said.hasRemaining()) {
                return -1;
            }
            int count = Math.min(into.remaining(), Math.min(said.remaining(), 1 + cuts.next()));
            into.put(said.slice(said.position(), count));
            said.position(said.position() + count);
            return count;
        }

        @Override
        public int write(ByteBuffer from) {
            int count = from.remaining();
            from.position(from.limit());
            return count;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
