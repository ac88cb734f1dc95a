package io.howdah.node.beside;

import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// This process, which comes to serve beside a node: first as the one that is coming, and from
/// [#arrive] on as the one that serves. One that served until then is a former one from the same
/// moment on, whatever may end either of them.
public final class BesideArrival implements AutoCloseable {

    private final BesideFiles files;
    private final ProcessFile.Claim claim;

    BesideArrival(BesideFiles files, ProcessFile.Claim claim) {
        this.files = files;
        this.claim = claim;
    }

    /// Nothing is missing any more.
    ///
    /// @throws IOException when that cannot be written down; then nothing has changed
    public void arrive() throws IOException {
        Optional<ProcessGrip> serving = files.running();
        if (serving.isPresent()) {
            try (ProcessGrip former = serving.get()) {
                Path name = files.former(former.pid()).file();
                Files.deleteIfExists(name);
                Files.createLink(name, files.process().file());
            }
        }
        Files.move(files.coming().file(), files.process().file(), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        claim.close();
    }
}
