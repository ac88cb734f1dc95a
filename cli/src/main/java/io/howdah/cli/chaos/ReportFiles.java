package io.howdah.cli.chaos;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.api.ApiJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a run's report goes: `NAME.json` and `NAME.md`.
///
/// @param name path without an ending, absolute
record ReportFiles(Path name) {

    /// Makes sure, before anything is hurt, that they can be written.
    ///
    /// @throws CommandFailure when they cannot
    void prepare() {
        try {
            Path folder = name.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
                if (!Files.isWritable(folder)) {
                    throw new IOException(folder + " is not writable");
                }
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /// @throws CommandFailure when they cannot be written
    void write(ChaosReport report) {
        try {
            Files.writeString(json(), ApiJson.writeIndented(report) + "\n");
            Files.writeString(markdown(), ReportText.markdown(report));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    Path json() {
        return name.resolveSibling(name.getFileName() + ".json");
    }

    Path markdown() {
        return name.resolveSibling(name.getFileName() + ".md");
    }

    private CommandFailure failure(IOException e) {
        return CommandFailure.failed(
                "cannot write the report " + markdown() + ": " + e,
                "choose another place with --report NAME",
                e);
    }
}
