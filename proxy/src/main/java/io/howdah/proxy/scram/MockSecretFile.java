package io.howdah.proxy.scram;

import io.howdah.proxy.ProxyException;
import io.howdah.proxy.encryption.PrivateFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;

/// A file with random bytes in it, in Base64, for proxies whose mock verifiers shall agree.
public final class MockSecretFile {

    private static final int SECRET_BYTES = 32;
    private static final int LONGEST_BYTES = 1024;

    private MockSecretFile() {}

    /// Reads it, and makes it before that where it is missing.
    ///
    /// @throws ProxyException when it cannot be made, is open to others, or holds something else
    public static byte[] read(Path file) {
        if (!Files.exists(file)) {
            make(file);
        }
        byte[] secret = decoded(PrivateFile.read(file, LONGEST_BYTES).strip());
        if (secret.length != SECRET_BYTES) {
            // A word that a person has thought of could be found out by guessing.
            throw new ProxyException(
                    file + " does not hold " + SECRET_BYTES + " random bytes in Base64",
                    "let the proxy make it: name a file that does not exist",
                    null);
        }
        return secret;
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static void make(Path file) {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        String text = Base64.getEncoder().encodeToString(secret) + "\n";
        try {
            // Mode 0600 from its beginning; it has its name when it is whole.
            Path beside =
                    Files.createTempFile(
                            Objects.requireNonNull(file.toAbsolutePath().getParent()),
                            "secret-",
                            ".new");
            try {
                write(beside, text);
                Files.createLink(file, beside);
            } catch (FileAlreadyExistsException e) {
                // Another proxy has made it in this moment, and that one counts.
            } finally {
                Files.delete(beside);
            }
        } catch (IOException e) {
            throw new ProxyException(
                    "cannot make " + file + ": " + e,
                    "make its folder writable for the user that runs howdah, or put the file there",
                    e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
