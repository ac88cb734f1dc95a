package io.howdah.node.backup;

import io.howdah.node.api.ApiJson;
import io.howdah.node.api.BackupStatus;
import io.howdah.node.beside.BesideFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Which backups there are, as a node's worker has last read it in the repositories and written it
/// down for the agent. Immutable.
///
/// @param repositories what each holds
/// @param running the backups that are under way, whoever takes them
/// @param archiveProblem why WAL does not come into every repository; null where it does, or need
///   not
public record BackupsReport(
        List<RepositoryBackups> repositories,
        List<BackupStatus> running,
        @Nullable String archiveProblem) {

    /// Copies the lists.
    public BackupsReport {
        repositories = List.copyOf(repositories);
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
        return read(BesideFiles.backupWorker(node));
    }

    static Optional<BackupsReport> read(BesideFiles files) {
        try {
            String json = Files.readString(file(files));
            return Optional.of(ApiJson.read(json, BackupsReport.class));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }
}
