package io.howdah.postgres.process;

import io.howdah.postgres.PostgresException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/// What tells a directory from every other one that is there. Immutable.
///
/// @param key its file system and its number in it
/// @param place its path without links: what the kernel still says of whoever works there when the
///   file system itself does not answer any more, as XFS after an error in its log
public record DirectoryIdentity(Object key, Path place) {

    /// That of the directory that a path leads to; empty where it leads to none.
    ///
    /// @throws PostgresException when its file system does not say
    public static Optional<DirectoryIdentity> of(Path directory) {
        try {
            Object key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
            return Optional.of(new DirectoryIdentity(key, directory.toRealPath()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new PostgresException(
                    "cannot look at " + directory + ": " + e.getMessage(),
                    "whatever runs there cannot be told from what has ended: look at the disk, and at"
                            + " the kernel's log",
                    e);
        }
    }

    /// Whether this is the same directory, by whatever path it was found.
    public boolean isSameAs(DirectoryIdentity other) {
        return key.equals(other.key);
    }

    /// Whether a link of `/proc` leads here. False when its process has ended.
    ///
    /// @throws AccessDeniedException when the kernel hides where it leads
    boolean isTargetOf(Path link) throws AccessDeniedException {
        try {
            return key.equals(Files.readAttributes(link, BasicFileAttributes.class).fileKey());
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException e) {
            return isNamedBy(link);
        }
    }

    /// Asks the kernel alone, not the file system.
    private boolean isNamedBy(Path link) throws AccessDeniedException {
        try {
            return place.equals(Files.readSymbolicLink(link));
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException e) {
            // it has ended
            return false;
        }
    }
}
