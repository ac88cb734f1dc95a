package io.howdah.node.configuration;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/// A file that holds one secret on one line and that only its owner may read.
public final class SecretFile {

    private static final long BYTES_MAXIMUM = 4096;

    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private SecretFile() {}

    /// Reads the secret, without the line's end. Never put it into a message or an argument.
    ///
    /// @throws ConfigurationException when the file is missing, open to others, empty, longer than
    ///   4 KiB or has several lines
    public static String read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw Files.exists(file)
                        ? refused(file, "is not a file", "let it be a file with the secret in it")
                        : missing(file);
            }
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!OWNER_ONLY.containsAll(permissions)) {
                throw refused(
                        file,
                        "may be used by others ("
                                + PosixFilePermissions.toString(permissions)
                                + ")",
                        "chmod 600 " + file);
            }
            if (Files.size(file) > BYTES_MAXIMUM) {
                throw refused(file, "is longer than 4 KiB", "put the secret alone into it");
            }
            return secret(file, Files.readString(file));
        } catch (NoSuchFileException e) {
            throw missing(file);
        } catch (CharacterCodingException e) {
            throw refused(file, "is not UTF-8 text", "put the secret into it as text");
        } catch (IOException e) {
            throw new ConfigurationException(
                    "cannot read the secret file " + file + ": " + e,
                    "make it readable for the user that runs howdah, and for nobody else",
                    e);
        }
    }

    private static String secret(Path file, String content) {
        String secret = content.replaceFirst("\\r?\\n\\z", "");
        if (secret.isBlank()) {
            throw refused(file, "is empty", "put the secret into it, on one line");
        }
        if (secret.chars().anyMatch(Character::isISOControl)) {
            throw refused(
                    file,
                    "has several lines or control characters",
                    "put the secret into it, on one line");
        }
        return secret;
    }

    private static ConfigurationException missing(Path file) {
        return refused(
                file,
                "does not exist",
                "make it, readable for its owner only (chmod 600), with the same secret on every"
                        + " node");
    }

    private static ConfigurationException refused(Path file, String problem, String hint) {
        return new ConfigurationException("the secret file " + file + " " + problem, hint, null);
    }
}
