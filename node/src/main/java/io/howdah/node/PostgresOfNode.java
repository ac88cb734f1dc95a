package io.howdah.node;

import io.howdah.cluster.member.CopySource;
import io.howdah.cluster.member.ManagedSettings;
import io.howdah.cluster.member.MemberKeys;
import io.howdah.cluster.state.NodeName;
import io.howdah.node.authority.KeyFiles;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.backup.BackupWorker;
import io.howdah.node.backup.RepositoryCopy;
import io.howdah.node.backup.StopFile;
import io.howdah.node.configuration.ArchiveLimit;
import io.howdah.node.configuration.BackupConfiguration;
import io.howdah.node.configuration.Bootstrap;
import io.howdah.node.configuration.CloneFrom;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.PostgresConfiguration;
import io.howdah.node.configuration.SecretFile;
import io.howdah.postgres.BoundedLog;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.wire.Secret;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a node's PostgreSQL is run with, from the node's configuration.
final class PostgresOfNode {

    private PostgresOfNode() {}

    /// The settings; null on a witness.
    ///
    /// @param memberAddresses the numeric addresses that members connect from
    /// @throws PostgresException when there is no PostgreSQL, or one that must not be used here
    static @Nullable ManagedSettings settings(
            NodeConfiguration configuration,
            Optional<KeyMaterial> keys,
            Supplier<Set<String>> memberAddresses) {
        PostgresConfiguration postgres = configuration.postgres();
        Integer port = configuration.self().postgresPort();
        if (postgres == null || port == null) {
            return null;
        }
        Path data = Objects.requireNonNull(configuration.dataDirectory());
        Installation installation = installation(postgres, data);
        requireSound(installation);
        if (keys.isPresent()) {
            requireEncrypting(installation);
        }
        return new ManagedSettings(
                new NodeName(configuration.node()),
                configuration.cluster(),
                installation,
                configuration.directory().resolve("postgres"),
                data,
                configuration.self().host(),
                port,
                postgres.memoryShare(),
                postgres.parameters(),
                postgres.access(),
                RoleSecrets.of(
                        postgres.replicationPasswordFile(),
                        postgres.rewindPasswordFile(),
                        configuration.directory().resolve("secrets")),
                keys.map(PostgresOfNode::memberKeys).orElse(null),
                memberAddresses,
                firstDatabase(postgres.bootstrap()),
                configuration.backup() == null ? null : BackupWorker.SLOT,
                writesStopped(configuration),
                copySource(configuration));
    }

    /// Nobody says so where nothing is archived, whatever a worker has left.
    static BooleanSupplier writesStopped(NodeConfiguration configuration) {
        BackupConfiguration backup = configuration.backup();
        return backup != null && backup.wal().atLimit() == ArchiveLimit.STOP_WRITES
                ? StopFile.of(configuration.directory())::isThere
                : () -> false;
    }

    private static @Nullable CopySource copySource(NodeConfiguration configuration) {
        BackupConfiguration backup = configuration.backup();
        return backup != null && backup.cloneFrom() == CloneFrom.REPOSITORY
                ? new RepositoryCopy(
                        backup.stores(),
                        BackupWorker.repositories(configuration.directory()),
                        OperatingSystemUser.forPostgres())
                : null;
    }

    /// What the server says, bounded in length.
    static BoundedLog boundedLog(NodeConfiguration configuration) {
        PostgresConfiguration postgres = Objects.requireNonNull(configuration.postgres());
        return new BoundedLog(
                configuration.directory().resolve("postgres").resolve("postgresql.log"),
                postgres.logSize().bytes(),
                OperatingSystemUser.forPostgres());
    }

    private static MemberKeys memberKeys(KeyMaterial keys) {
        KeyFiles files = keys.files();
        return new MemberKeys(
                files.certificate(), files.key(), files.authority(), keys::peerContext);
    }

    private static void requireSound(Installation installation) {
        if (!installation.version().isSoundForSynchronousReplication()) {
            throw new PostgresException(
                    "PostgreSQL "
                            + installation.version()
                            + " in "
                            + installation.binDirectory()
                            + " may acknowledge commits without their standbys while it starts",
                    "update it: 15.13, 16.9, 17.5, 18.0 or a later minor version");
        }
    }

    private static void requireEncrypting(Installation installation) {
        if (!installation.encrypts()) {
            throw new PostgresException(
                    installation
                            + " was built without OpenSSL: it cannot encrypt what members send each"
                            + " other",
                    "use a build with OpenSSL, as the packages of all distributions are");
        }
    }

    private static Installation installation(PostgresConfiguration postgres, Path data) {
        OperatingSystemUser owner = OperatingSystemUser.forPostgres();
        Installations installations = new Installations(owner);
        return switch (postgres.installation()) {
            case io.howdah.node.configuration.Installation.Auto _ ->
                    installations.chooseFor(new DataDirectory(data, owner));
            case io.howdah.node.configuration.Installation.Embedded _ ->
                    installations.choose("embedded");
            case io.howdah.node.configuration.Installation.BinDirectory(Path path) ->
                    installations.choose(path.toString());
        };
    }

    private static ManagedSettings.@Nullable FirstDatabase firstDatabase(
            @Nullable Bootstrap bootstrap) {
        return bootstrap == null
                ? null
                : new ManagedSettings.FirstDatabase(
                        bootstrap.database(),
                        bootstrap.owner(),
                        Secret.of(SecretFile.read(bootstrap.ownerPasswordFile())));
    }
}
