package io.howdah.cli.demo;

import io.howdah.postgres.OperatingSystemUser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Predicate;

/// Where the nodes of a demo keep their data: inside its directory, unless we are root and
/// PostgreSQL's user, whom root must use, cannot get there (as below `/root`).
final class NodesPlace {

    private final Predicate<Path> reachable;
    private final Path elsewhere;

    /// @param reachable whether PostgreSQL's user can reach what lies in that folder
    /// @param elsewhere the folder for what that user cannot reach
    NodesPlace(Predicate<Path> reachable, Path elsewhere) {
        this.reachable = reachable;
        this.elsewhere = elsewhere;
    }

    /// For the user that runs PostgreSQL when this user starts it.
    static NodesPlace ofThisMachine() {
        return new NodesPlace(NodesPlace::isReachable, Path.of("/var/lib/howdah"));
    }

    private static boolean isReachable(Path folder) {
        OperatingSystemUser user = OperatingSystemUser.forPostgres();
        return !user.another() || user.canReach(folder.resolve("n1"));
    }

    /// The folder for the nodes of the demo in `directory` (absolute).
    Path forDemo(Path directory) {
        return reachable.test(directory) ? directory : forUnreachable(directory);
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
}
