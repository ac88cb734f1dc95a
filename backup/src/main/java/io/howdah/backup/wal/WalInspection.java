package io.howdah.backup.wal;

import io.howdah.postgres.Lsn;
import java.io.IOException;
import java.nio.channels.FileChannel;

/// Looks at each segment before it is handed to a server, several at once and in any order; one may
/// come again.
public interface WalInspection {

    /// Lets all of it pass.
    WalInspection NONE = (segment, _) -> segment.end();

    /// From where on nothing is handed over; the end of the segment when all of it is.
    ///
    /// @param content all of it
    Lsn limit(WalSegment segment, FileChannel content) throws IOException;
}
