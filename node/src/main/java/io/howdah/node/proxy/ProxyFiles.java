package io.howdah.node.proxy;

import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.SocketDirectory;
import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// Where a node and its proxy meet: a directory of their user that nobody else may look into.
///
/// @param directory the node's own
public record ProxyFiles(Path directory) {

    /// Makes the path absolute: the proxy works elsewhere.
    public ProxyFiles {
        directory = directory.toAbsolutePath().normalize();
    }

    /// Makes the directory, if there is none yet.
    void prepare() throws IOException {
        Files.createDirectories(
                home(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private Path home() {
        return directory.resolve("proxy");
    }

    /// Where the agent tells what it knows.
    Path events() {
        return SocketDirectory.prepare(home(), OperatingSystemUser.ourselves()).resolve("events");
    }

    /// Names the one proxy of this node.
    ProcessFile process() {
        return new ProcessFile(home().resolve("process"));
    }

    /// What the proxy says.
    public Path log() {
        return home().resolve("proxy.log");
    }

    /// The proxy that runs now; empty when none does. To be closed.
    public Optional<ProcessGrip> running() {
        return process().running();
    }
}
