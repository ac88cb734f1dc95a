package io.howdah.backup.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/// The folders below a store's root. Thread-safe.
final class Folders {

    private static final Object MAKING = new Object();

    private final Path root;
    private final FolderOwner owner;
    private final AtomicBoolean swept = new AtomicBoolean();

    Folders(Path root, FolderOwner owner) {
        this.root = root;
        this.owner = owner;
    }

    /// Makes a folder, durably, with those above it that are missing: mode 0700 for the root and
    /// all below it.
    void make(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.getParent();
        if (parent != null) {
            if (folder.equals(root)) {
                Files.createDirectories(parent);
            } else {
                make(parent);
            }
        }
        if (owner.gives()) {
            makeForAnother(folder);
        } else {
            create(folder, folder);
        }
        if (parent != null) {
            sync(parent);
        }
    }

    /// It bears its name only when it is the other's: one of root's that a kill leaves would keep
    /// him out for good. No object's name begins with a dot. A rename would take the place of an
    /// empty folder that somebody is about to use, so there is one at a time, and only where there
    /// is none.
    private void makeForAnother(Path folder) throws IOException {
        synchronized (MAKING) {
            if (Files.isDirectory(folder)) {
                return;
            }
            Path made = folder.resolveSibling(".new-" + UUID.randomUUID());
            create(made, folder);
            try {
                owner.give(made, folder);
                sync(made);
                Files.move(made, folder, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException e) {
                if (!Files.isDirectory(folder)) {
                    throw e;
                }
                // Another process has made it meanwhile, and something in it.
            } finally {
                Files.deleteIfExists(made);
            }
        }
    }

    private static void create(Path made, Path folder) throws IOException {
        try {
            Files.createDirectory(
                    made,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    /// Deletes what nobody has written to for that long; once for this store.
    void removeLeftovers(Path incoming, Duration age) throws IOException {
        if (!swept.compareAndSet(false, true)) {
            return;
        }
        Instant old = Instant.now().minus(age);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(incoming)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            // Written to the end meanwhile.
            return;
        }
    }

    /// Makes the names in a folder durable.
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
