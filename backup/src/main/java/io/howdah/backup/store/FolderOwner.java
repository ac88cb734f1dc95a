package io.howdah.backup.store;

import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Whom the folders and files of a store belong to that we make as root: the owner of its root
/// folder, which is new the user that runs PostgreSQL. Whoever archives there would stand before
/// closed doors otherwise. Where we are not root, they are ours. Immutable; thread-safe.
///
/// @param root the store's
record FolderOwner(Path root) {

    private static final boolean ROOT = isRoot();

    /// Asked of the system's own files: no program has to be run before something is written.
    private static boolean isRoot() {
        try {
            return uid(Path.of("/proc/self")) == 0;
        } catch (IOException | UnsupportedOperationException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    /// Whether there is something to give.
    boolean gives() {
        return ROOT;
    }

    /// Gives away a folder or a file that nobody else knows of yet.
    ///
    /// @param target where it will lie: the root, or below it
    void give(Path path, Path target) throws IOException {
        // On a network file system root may be somebody else, who can give nothing.
        if (!gives() || uid(path) != 0) {
            return;
        }
        if (target.equals(root)) {
            try {
                OperatingSystemUser.forPostgres().own(path);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            } catch (PostgresException e) {
                throw new IOException("nobody is known to give " + root + " to", e);
            }
            return;
        }
        Files.setAttribute(
                path, "unix:gid", Files.getAttribute(root, "unix:gid"), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:uid", uid(root), LinkOption.NOFOLLOW_LINKS);
    }

    private static int uid(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }
}
