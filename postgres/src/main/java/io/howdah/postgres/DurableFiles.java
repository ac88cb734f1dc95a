package io.howdah.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/// Changes to files that are on the disk when the method returns, and whole or not there at all
/// after a crash. Files are given to the user that runs PostgreSQL, mode 0600. Two threads must not
/// write the same file at once.
///
/// @param owner whom the files are given to
public record DurableFiles(OperatingSystemUser owner) {

    /// Writes a file anew, in place of what was there.
    ///
    /// @throws UncheckedIOException when it cannot be written; the old content is still there then
    public void write(Path file, String content) {
        write(file, content.getBytes(StandardCharsets.UTF_8));
    }

    /// Writes a file anew, in place of what was there.
    ///
    /// @throws UncheckedIOException when it cannot be written; the old content is still there then
    public void write(Path file, byte[] content) {
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(beside);
            try (FileChannel channel =
                    FileChannel.open(
                            beside,
                            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")))) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                owner.own(beside);
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            syncDirectoryOf(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// Deletes a file.
    ///
    /// @return whether there was one
    /// @throws UncheckedIOException when it cannot be deleted
    public boolean delete(Path file) {
        try {
            boolean deleted = Files.deleteIfExists(file);
            if (deleted) {
                syncDirectoryOf(file);
            }
            return deleted;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + file, e);
        }
    }

    /// Gives a file or directory another name in the same file system; a file of that name is
    /// replaced.
    ///
    /// @throws UncheckedIOException when it cannot be renamed
    public void rename(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            syncDirectoryOf(to);
            syncDirectoryOf(from);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot rename " + from + " to " + to, e);
        }
    }

    /// Makes a directory, mode 0700, with those above it (mode 0755) that are missing.
    ///
    /// @throws UncheckedIOException when it cannot be made
    public void createDirectory(Path directory) {
        try {
            Path parent = directory.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            if (!Files.isDirectory(directory)) {
                Files.createDirectory(
                        directory,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            owner.own(directory);
            syncDirectoryOf(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the directory " + directory, e);
        }
    }

    /// Deletes a directory with all that is in it, if it is there; symbolic links are deleted, not
    /// followed.
    ///
    /// @throws UncheckedIOException when something in it cannot be deleted
    /// @throws IllegalArgumentException when it is the root of all files, or no path at all
    public void deleteTree(Path root) {
        if (root.toString().isEmpty() || root.toAbsolutePath().normalize().getNameCount() == 0) {
            throw new IllegalArgumentException("not a directory to delete: '" + root + "'");
        }
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(
                    root,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes unused)
                                throws IOException {
                            Files.deleteIfExists(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(
                                Path directory, @Nullable IOException failed) throws IOException {
                            if (failed != null) {
                                throw failed;
                            }
                            Files.deleteIfExists(directory);
                            return FileVisitResult.CONTINUE;
                        }
                    });
            syncDirectoryOf(root);
        } catch (NoSuchFileException e) {
            // Somebody else deletes it too: it is to go, and goes.
            if (Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
                throw new UncheckedIOException("cannot delete " + root, e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + root, e);
        }
    }

    /// Makes what somebody else has written to a file durable.
    ///
    /// @throws UncheckedIOException when the disk does not confirm it
    public void sync(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot sync " + file, e);
        }
    }

    /// Makes the names in a directory durable.
    ///
    /// @throws UncheckedIOException when the disk does not confirm it
    public void syncDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot sync the directory " + directory, e);
        }
    }

    private void syncDirectoryOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            syncDirectory(parent);
        }
    }
}
