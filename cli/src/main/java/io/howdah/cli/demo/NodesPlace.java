package io.howdah.cli.demo;

import io.howdah.cli.screen.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Where the nodes of a demo keep their data: inside its directory, unless we are root and
/// PostgreSQL's user, whom root must use, cannot get there (as below `/root`).
final class NodesPlace {

    private final boolean anotherUserNeedsAccess;
    private final Path elsewhere;

    /// @param anotherUserNeedsAccess whether PostgreSQL runs as another user than this one
    /// @param elsewhere the folder for what that user cannot reach
    NodesPlace(boolean anotherUserNeedsAccess, Path elsewhere) {
        this.anotherUserNeedsAccess = anotherUserNeedsAccess;
        this.elsewhere = elsewhere;
    }

    static NodesPlace ofThisUser() {
        return new NodesPlace(
                "root".equals(System.getProperty("user.name")), Path.of("/var/lib/howdah"));
    }

    /// The folder for the nodes of the demo in `directory` (absolute).
    Path forDemo(Path directory) {
        return anotherUserNeedsAccess && !isOpen(directory) ? forUnreachable(directory) : directory;
    }

    /// The folder that [#forDemo] gives when that user cannot reach `directory`.
    Path forUnreachable(Path directory) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(directory.toString().getBytes(StandardCharsets.UTF_8));
            return elsewhere.resolve("demo-" + HexFormat.of().formatHex(hash, 0, 4));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// Whether everybody may pass through every folder above, as far as it exists.
    private static boolean isOpen(Path directory) {
        for (Path folder = directory; folder != null; folder = folder.getParent()) {
            try {
                if (Files.exists(folder)
                        && !Files.getPosixFilePermissions(folder)
                                .contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            } catch (IOException e) {
                throw CommandFailure.failed(
                        "cannot look at " + folder + ": " + e,
                        "choose another place with --directory DIR",
                        e);
            }
        }
        return true;
    }
}
