package io.howdah.proxy.encryption;

import io.howdah.proxy.ProxyException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/// A file that holds something secret, and that only its owner may read.
public final class PrivateFile {

    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private PrivateFile() {}

    /// Reads it as text.
    ///
    /// @throws ProxyException when it is missing, open to others, or too long
    public static String read(Path file, int longestBytes) {
        check(file);
        try {
            if (Files.size(file) > longestBytes) {
                throw new ProxyException(
                        file + " has more than " + longestBytes + " bytes",
                        "is it the right file?",
                        null);
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new ProxyException(file + " is not UTF-8 text", "is it the right file?", e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /// Refuses a file that others than its owner may use.
    ///
    /// @throws ProxyException when it is missing, or open to others
    static void check(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!OWNER_ONLY.containsAll(permissions)) {
                throw new ProxyException(
                        file
                                + " may be used by others ("
                                + PosixFilePermissions.toString(permissions)
                                + ")",
                        "chmod 600 " + file,
                        null);
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /// The file cannot be read.
    public static ProxyException unreadable(Path file, IOException cause) {
        return new ProxyException(
                "cannot read " + file + ": " + cause.getClass().getSimpleName(),
                "make it readable for the user that runs howdah, and for nobody else",
                cause);
    }
}
