package io.howdah.node.backup;

import io.howdah.node.api.ApiJson;
import io.howdah.node.api.BackupStatus;
import io.howdah.node.beside.BesideFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Which backups there are, as a node's worker has last read it in the repositories and written it
/// down for the agent. Immutable.
///
/// @param newest when the newest one ended, by the clock of its server; null where there is none
/// @param lastSucceeded whether what was tried last is a backup; null where nothing is known of it
/// @param running the backups that are under way, whoever takes them
/// @param archiveProblem why this worker does not archive; null where it does, or need not
public record BackupsReport(
        @Nullable Instant newest,
        @Nullable Boolean lastSucceeded,
        List<BackupStatus> running,
        @Nullable String archiveProblem) {

    /// Copies the list.
    public BackupsReport {
        running = List.copyOf(running);
    }

    private static Path file(BesideFiles files) {
        return files.home().resolve("backups.json");
    }

    void write(BesideFiles files) throws IOException {
        Path next = files.home().resolve("backups.json.new");
        Files.writeString(next, ApiJson.write(this));
        Files.move(next, file(files), StandardCopyOption.ATOMIC_MOVE);
    }

    /// The last one that was written.
    ///
    /// @param node the node's directory
    public static Optional<BackupsReport> read(Path node) {
        try {
            String json = Files.readString(file(BesideFiles.backupWorker(node)));
            return Optional.of(ApiJson.read(json, BackupsReport.class));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }
}
