package io.howdah.postgres.wire;

import io.howdah.postgres.Lsn;
import java.nio.ByteBuffer;
import java.time.Instant;

/// Takes what a `WalStream` receives. Called by the one thread that runs the stream; while a method
/// runs nothing more is received, so a sink that cannot follow holds the server up and costs no
/// memory. A sink that blocks for longer than the stream's limit of silence ends the connection.
public interface WalSink {

    /// WAL, without a gap: it begins where the last piece ended, the first one at the requested
    /// start.
    ///
    /// @param start the position of the first byte
    /// @param bytes valid until the method returns
    void wal(Lsn start, ByteBuffer bytes);

    /// How far the server's own WAL goes. Comes after every piece and, as a sign of life, between
    /// pieces.
    ///
    /// @param end the end of WAL on the server: what it could have sent by now
    /// @param clock the server's clock
    void serverIsAt(Lsn end, Instant clock);
}
