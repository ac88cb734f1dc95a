package io.howdah.cluster.member;

import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.ServerSettings;
import io.howdah.postgres.wire.ConnectionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// PostgreSQL's own copies of the node's key and certificates: it runs as another user where we are
/// root, and wants its key to be that user's alone. Key and certificate lie in one file, so that
/// nobody ever reads one of them old and the other new. Without keys, which is for one machine
/// only, nothing is encrypted. For one thread.
final class KeyCopies {

    private final @Nullable MemberKeys keys;
    private final DurableFiles files;
    private final Path own;
    private final Path authority;

    /// @param directory where the copies lie
    KeyCopies(@Nullable MemberKeys keys, Path directory, DurableFiles files) {
        this.keys = keys;
        this.files = files;
        this.own = directory.resolve("node.pem");
        this.authority = directory.resolve("authority.pem");
    }

    /// Whether members encrypt.
    boolean encrypt() {
        return keys != null;
    }

    /// How libpq connects to another member, as entries of a service file: encrypted, with a server
    /// that proves to be the one it should be, to which the password is bound; and showing our own
    /// certificate.
    Map<String, String> connecting() {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("gssencmode", "disable");
        if (keys == null) {
            entries.put("sslmode", "disable");
            return entries;
        }
        entries.put("sslmode", "verify-full");
        entries.put("sslrootcert", authority.toString());
        entries.put("sslcert", own.toString());
        entries.put("sslkey", own.toString());
        entries.put("ssl_min_protocol_version", "TLSv1.2");
        entries.put("channel_binding", "require");
        return entries;
    }

    /// How we ourselves connect to another member.
    ConnectionSettings addTo(ConnectionSettings settings) {
        return keys == null ? settings : settings.withTls(keys.context().get());
    }

    /// The settings with which PostgreSQL encrypts.
    ServerSettings addTo(ServerSettings settings) {
        if (keys == null) {
            return settings;
        }
        return settings.with("ssl", "on")
                .with("ssl_cert_file", own.toString())
                .with("ssl_key_file", own.toString())
                .with("ssl_ca_file", authority.toString());
    }

    /// Takes over what has changed.
    ///
    /// @return whether something has
    boolean refresh() {
        if (keys == null) {
            return false;
        }
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
