package io.howdah.backup.store;

import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Whom the folders and files of a store belong to that we make as root: the owner of its root
/// folder, which is new the user that runs PostgreSQL. Whoever archives there would stand before
/// closed doors otherwise. Where we are not root, they are ours. Immutable; thread-safe.
///
/// @param root the store's
record FolderOwner(Path root) {

    /// Who we are, and who runs PostgreSQL; asked once, when something is written.
    private static final class Machine {
        static final boolean ROOT = OperatingSystemUser.ourselves().uid() == 0;

        static Optional<OperatingSystemUser> postgres() {
            try {
                return Optional.of(OperatingSystemUser.forPostgres());
            } catch (PostgresException e) {
                // Nobody here can run it, so the folder stays root's.
                return Optional.empty();
            }
        }
    }

    /// Whether there is something to give.
    boolean gives() {
        return Machine.ROOT;
    }

    /// Gives away a folder or a file that nobody else knows of yet.
    ///
    /// @param target where it will lie: the root, or below it
    void give(Path path, Path target) throws IOException {
        if (!gives()) {
            return;
        }
        if (target.equals(root)) {
            try {
                Machine.postgres().ifPresent(user -> user.own(path));
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            return;
        }
        Map<String, Object> owner = Files.readAttributes(root, "unix:uid,gid");
        // On a network file system root may be somebody else already, who can give nothing.
        Object uid = owner.get("uid");
        if (uid != null && !uid.equals(Files.getAttribute(path, "unix:uid"))) {
            Files.setAttribute(path, "unix:gid", owner.get("gid"), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        }
    }
}
