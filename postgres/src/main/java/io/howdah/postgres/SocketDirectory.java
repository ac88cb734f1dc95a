package io.howdah.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.zip.CRC32C;

/// Where PostgreSQL's local socket lies. The operating system allows 107 bytes for the path of a
/// socket, so a directory deep down gets a short one in its stead.
public final class SocketDirectory {

    /// 107 bytes, less `/.s.PGSQL.65535`, less some.
    static final int MOST_BYTES = 90;

    private SocketDirectory() {}

    /// Makes the directory for the socket, mode 0700 and given to the user that runs PostgreSQL
    /// (root can use it too): `preferred`, or, when that path is too long or that user cannot reach
    /// it, one in the machine's temporary directory that is named after it.
    ///
    /// @return the directory to use
    /// @throws PostgresException when somebody else holds the one in the temporary directory
    /// @throws UncheckedIOException when it cannot be made
    public static Path prepare(Path preferred, OperatingSystemUser owner) {
        Path wanted = preferred.toAbsolutePath().normalize();
        if (wanted.toString().getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES
                && owner.canReach(wanted)) {
            new DurableFiles(owner).createDirectory(wanted);
            return wanted;
        }
        CRC32C hash = new CRC32C();
        hash.update(wanted.toString().getBytes(StandardCharsets.UTF_8));
        Path stead =
                Path.of("/tmp").resolve("howdah-%d-%08x".formatted(owner.uid(), hash.getValue()));
        if (!Files.exists(stead, LinkOption.NOFOLLOW_LINKS)) {
            new DurableFiles(owner).createDirectory(stead);
        }
        requirePrivate(stead, owner);
        return stead;
    }

    private static void requirePrivate(Path directory, OperatingSystemUser owner) {
        try {
            Map<String, Object> attributes =
                    Files.readAttributes(
                            directory,
                            "unix:uid,permissions,isDirectory",
                            LinkOption.NOFOLLOW_LINKS);
            if (!Boolean.TRUE.equals(attributes.get("isDirectory"))
                    || !(attributes.get("uid") instanceof Number uid)
                    || uid.longValue() != owner.uid()
                    || !PosixFilePermissions.fromString("rwx------")
                            .equals(attributes.get("permissions"))) {
                throw new PostgresException(
                        directory + " is not a directory of the user " + owner.name() + " alone",
                        "delete it, or use a shorter path for the node's directory");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + directory, e);
        }
    }
}
