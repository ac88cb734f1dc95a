package io.howdah.node.backup;

import io.howdah.backup.wal.WalArchiveStatus;
import io.howdah.node.api.ApiJson;
import io.howdah.node.beside.BesideFiles;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// How far the archive of a primary's WAL is, as its worker last wrote it down for the agent. There
/// is none while the worker archives nothing. Immutable.
///
/// @param timeline the timeline that is archived
/// @param archived up to where every repository has it
/// @param behindBytes what the server has and not every repository
/// @param behindMillis how old the oldest of that was
/// @param lossMillis from the newest marker that is archived to the newest that was acknowledged;
///   null where none are written
/// @param gaps how many stretches of WAL are missing in a repository; null while that is not known
/// @param atMillis when this was written, by the machine's clock
public record ArchiveReport(
        TimelineId timeline,
        Lsn archived,
        long behindBytes,
        long behindMillis,
        @Nullable Long lossMillis,
        @Nullable Integer gaps,
        long atMillis) {

    /// A worker writes more often than this.
    private static final long FRESH_MILLIS = 3_000;

    static Path file(BesideFiles files) {
        return files.home().resolve("archive.json");
    }

    static ArchiveReport of(
            WalArchiveStatus status,
            @Nullable Duration loss,
            @Nullable Integer gaps,
            long nowMillis) {
        return new ArchiveReport(
                status.timeline(),
                status.archived(),
                status.behindBytes(),
                status.behind().toMillis(),
                loss == null ? null : loss.toMillis(),
                gaps,
                nowMillis);
    }

    void write(BesideFiles files) throws IOException {
        Path next = files.home().resolve("archive.json.new");
        Files.writeString(next, ApiJson.write(this));
        Files.move(next, file(files), StandardCopyOption.ATOMIC_MOVE);
    }

    /// The last one that was written and not taken back.
    ///
    /// @param node the node's directory
    public static Optional<ArchiveReport> read(Path node) {
        try {
            String json = Files.readString(file(BesideFiles.backupWorker(node)));
            return Optional.of(ApiJson.read(json, ArchiveReport.class));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /// How old the oldest WAL is that may be in no repository: what would be lost with the server.
    /// A worker that writes nothing any more archives nothing either.
    public double behindSeconds(long nowMillis) {
        return (behindMillis + silentMillis(nowMillis)) / 1e3;
    }

    /// How much of what was acknowledged would be lost with all nodes, in time, as the markers say;
    /// empty where none are written.
    public OptionalDouble lossSeconds(long nowMillis) {
        return lossMillis == null
                ? OptionalDouble.empty()
                : OptionalDouble.of((lossMillis + silentMillis(nowMillis)) / 1e3);
    }

    private long silentMillis(long nowMillis) {
        long silentMillis = nowMillis - atMillis;
        return silentMillis > FRESH_MILLIS ? silentMillis : 0;
    }
}
