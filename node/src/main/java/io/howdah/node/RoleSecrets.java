package io.howdah.node;

import io.howdah.cluster.member.MemberSecrets;
import io.howdah.node.configuration.SecretFile;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.wire.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The passwords of Howdah's own roles in PostgreSQL. Two are the operator's; the others are made
/// from the replication password, so that they are the same on every node without being carried
/// there, change with it, and tell nothing about it or each other. Whoever has the replication
/// password can copy the whole server, so this opens no new door.
final class RoleSecrets {

    private static final String ALGORITHM = "HmacSHA256";

    private static final Set<PosixFilePermission> OWNERS =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private RoleSecrets() {}

    /// Reads or makes them, and writes those that were made to files (mode 0600) for the programs
    /// that use them: exporters, backups, the proxy.
    ///
    /// @param replicationFile the operator's
    /// @param rewindFile the operator's
    /// @param directory where the files lie: `monitor-password`, `backup-password`,
    ///   `lookup-password`
    static MemberSecrets of(Path replicationFile, Path rewindFile, Path directory) {
        String replication = SecretFile.read(replicationFile);
        DurableFiles files = new DurableFiles(OperatingSystemUser.ourselves());
        return new MemberSecrets(
                Secret.of(replication),
                Secret.of(SecretFile.read(rewindFile)),
                Secret.of(kept(files, directory, "backup", replication)),
                Secret.of(kept(files, directory, "monitor", replication)),
                Secret.of(kept(files, directory, "lookup", replication)));
    }

    private static String kept(
            DurableFiles files, Path directory, String purpose, String replication) {
        String secret = derived(replication, purpose);
        Path file = directory.resolve(purpose + "-password");
        try {
            if (!Files.exists(file)
                    || isOpenToOthers(file)
                    || !Files.readString(file).strip().equals(secret)) {
                files.createDirectory(directory);
                files.write(file, secret + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        return secret;
    }

    private static boolean isOpenToOthers(Path file) throws IOException {
        return !OWNERS.containsAll(Files.getPosixFilePermissions(file));
    }

    /// Another secret for another purpose.
    static String derived(String secret, String purpose) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            mac.doFinal(
                                    ("howdah password of the role for " + purpose)
                                            .getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
    }
}
