package io.howdah.node.beside;

import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a node and a process beside it meet: a directory of their user that nobody else may look
/// into. Immutable.
///
/// @param home that directory, in the node's own
/// @param name what the process is called, and what its log is named after
public record BesideFiles(Path home, String name) {

    private static final Logger LOG = LoggerFactory.getLogger(BesideFiles.class);

    /// Makes the path absolute: the process works elsewhere.
    public BesideFiles {
        home = home.toAbsolutePath().normalize();
    }

    /// Those of a node's proxy.
    ///
    /// @param node the node's directory
    public static BesideFiles proxy(Path node) {
        return new BesideFiles(node.resolve("proxy"), "proxy");
    }

    /// Those of the worker that archives a node's WAL.
    ///
    /// @param node the node's directory
    public static BesideFiles backupWorker(Path node) {
        return new BesideFiles(node.resolve("backup"), "backup-worker");
    }

    /// Those of every process that may run beside a node.
    ///
    /// @param node the node's directory
    public static List<BesideFiles> all(Path node) {
        return List.of(proxy(node), backupWorker(node));
    }

    /// Makes the directory, if there is none yet.
    public void prepare() throws IOException {
        Files.createDirectories(
                home,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /// Names the one process of its kind that serves beside this node.
    public ProcessFile process() {
        return new ProcessFile(home.resolve("process"));
    }

    /// Names the one that is to take its place.
    ProcessFile coming() {
        return new ProcessFile(home.resolve("coming"));
    }

    /// Names one that has given its place away.
    ///
    /// @param pid of that process
    ProcessFile former(long pid) {
        return new ProcessFile(home.resolve("former-" + pid));
    }

    /// Those that have given their place away and may run still.
    List<ProcessFile> formers() {
        var found = new ArrayList<ProcessFile>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(home, "former-*")) {
            names.forEach(file -> found.add(new ProcessFile(file)));
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("cannot look into {}: {}", home, e.getMessage());
        }
        return found;
    }

    /// What the process says.
    public Path log() {
        return home.resolve(name + ".log");
    }

    /// The process that serves now; empty when none does. To be closed.
    public Optional<ProcessGrip> running() {
        return process().running();
    }

    /// All that run: the one that is coming, the one that serves, former ones. To be closed.
    public List<ProcessGrip> all() {
        var found = new ArrayList<ProcessGrip>();
        coming().running().ifPresent(found::add);
        process().running().ifPresent(found::add);
        formers().forEach(former -> former.running().ifPresent(found::add));
        return found;
    }
}
