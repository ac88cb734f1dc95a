package io.howdah.node.authority;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/// Files of keys, certificates and tokens. Secrets are written with mode 0600 from their first byte
/// on, in one step, and are refused where others could read them.
public final class OwnerFile {

    private static final long BYTES_MAXIMUM = 1 << 20;

    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private OwnerFile() {}

    /// Writes a file that only its owner may read, in place of what was there; on the disk when the
    /// method returns.
    ///
    /// @throws CredentialException when it cannot be written; the old content is still there then
    public static void writeSecret(Path file, String content) {
        write(file, content, "rw-------");
    }

    /// Writes a file that everybody may read.
    ///
    /// @throws CredentialException when it cannot be written; the old content is still there then
    public static void writeOpen(Path file, String content) {
        write(file, content, "rw-r--r--");
    }

    private static void write(Path file, String content, String permissions) {
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.deleteIfExists(beside);
            try (FileChannel channel =
                    FileChannel.open(
                            beside,
                            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")))) {
                ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                // Not left to the umask.
                Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString(permissions));
                channel.force(true);
            }
            Files.move(
                    beside,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CredentialException(
                    "cannot write " + file + ": " + e,
                    "make its folder writable for the user that runs howdah",
                    e);
        }
    }

    /// Reads a secret.
    ///
    /// @throws CredentialException when it is missing, longer than 1 MiB, or others may use it
    public static String readSecret(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!OWNER_ONLY.containsAll(permissions)) {
                throw new CredentialException(
                        "the secret file "
                                + file
                                + " may be used by others ("
                                + PosixFilePermissions.toString(permissions)
                                + ")",
                        "chmod 600 " + file,
                        null);
            }
            return content(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /// Reads a file that is no secret.
    ///
    /// @throws CredentialException when it is missing, or longer than 1 MiB
    public static String readOpen(Path file) {
        try {
            return content(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static String content(Path file) throws IOException {
        if (Files.size(file) > BYTES_MAXIMUM) {
            throw new CredentialException(
                    file + " is longer than 1 MiB",
                    "put the key or certificate alone into it",
                    null);
        }
        return Files.readString(file);
    }

    private static CredentialException unreadable(Path file, IOException e) {
        return e instanceof NoSuchFileException
                ? new CredentialException(
                        file + " does not exist",
                        "`howdah init` makes it; copy it to this host, or correct its name",
                        e)
                : new CredentialException(
                        "cannot read " + file + ": " + e,
                        "make it readable for the user that runs howdah, and for nobody else",
                        e);
    }
}
