package io.howdah.node.backup;

import io.howdah.backup.drill.DrillReport;
import io.howdah.node.api.ApiJson;
import io.howdah.node.api.DrillStatus;
import io.howdah.node.beside.BesideFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/// The last drill, as a node's worker has read it in the repositories and written it down for the
/// agent.
public final class DrillFile {

    private DrillFile() {}

    private static Path file(BesideFiles files) {
        return files.home().resolve("drill.json");
    }

    static void write(BesideFiles files, DrillReport report) throws IOException {
        Path next = files.home().resolve("drill.json.new");
        Files.writeString(
                next,
                ApiJson.write(
                        new DrillStatus(
                                report.id(),
                                report.endTime(),
                                report.passed(),
                                report.rtoMillis(),
                                report.rpoMillis())));
        Files.move(next, file(files), StandardCopyOption.ATOMIC_MOVE);
    }

    /// The last one.
    ///
    /// @param node the node's directory
    public static Optional<DrillStatus> read(Path node) {
        try {
            String json = Files.readString(file(BesideFiles.backupWorker(node)));
            return Optional.of(ApiJson.read(json, DrillStatus.class));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }
}
