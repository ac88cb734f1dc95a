package io.howdah.cluster.member;

import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.ServerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/// PostgreSQL's own copies of the node's key and certificates: it runs as another user where we are
/// root, and wants its key to be that user's alone. Key and certificate lie in one file, so that
/// nobody ever reads one of them old and the other new. For one thread.
final class KeyCopies {

    private final MemberKeys keys;
    private final DurableFiles files;
    private final Path own;
    private final Path authority;

    /// @param directory where the copies lie
    KeyCopies(MemberKeys keys, Path directory, DurableFiles files) {
        this.keys = keys;
        this.files = files;
        this.own = directory.resolve("node.pem");
        this.authority = directory.resolve("authority.pem");
    }

    /// The key and the certificate.
    Path own() {
        return own;
    }

    /// The authorities.
    Path authority() {
        return authority;
    }

    /// The settings with which PostgreSQL encrypts.
    ServerSettings addTo(ServerSettings settings) {
        return settings.with("ssl", "on")
                .with("ssl_cert_file", own.toString())
                .with("ssl_key_file", own.toString())
                .with("ssl_ca_file", authority.toString());
    }

    /// Takes over what has changed.
    ///
    /// @return whether something has
    boolean refresh() {
        boolean changed = replace(own, keys.key(), keys.certificate());
        return replace(authority, keys.authority()) || changed;
    }

    private boolean replace(Path copy, Path... sources) {
        try {
            StringBuilder content = new StringBuilder();
            for (Path source : sources) {
                content.append(Files.readString(source).strip()).append('\n');
            }
            byte[] bytes = content.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            if (Arrays.equals(bytes, present(copy))) {
                return false;
            }
            files.write(copy, bytes);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read " + Arrays.toString(sources) + " for PostgreSQL", e);
        }
    }

    private static byte[] present(Path copy) throws IOException {
        try {
            return Files.readAllBytes(copy);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }
}
