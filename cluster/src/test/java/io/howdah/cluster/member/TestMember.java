package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.Installation;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.SocketDirectory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.Secret;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.testing.FreePorts;
import io.howdah.testing.TestAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/// A member on a real server, without an agent: a test does what the agent would.
final class TestMember implements AutoCloseable {

    static final MemberSecrets SECRETS =
            new MemberSecrets(
                    Secret.of("replication-secret-kPq3"),
                    Secret.of("rewind-secret-kPq3"),
                    Secret.of("backup-secret-kPq3"),
                    Secret.of("monitor-secret-kPq3"),
                    Secret.of("lookup-secret-kPq3"));
    static final Secret APP = Secret.of("app-secret-kPq3");

    private final Path home;
    private final int port = FreePorts.one();
    private final NodeName name;
    private final MemberKeys keys;
    private final ManagedSettings settings;
    private final ManagedPostgres postgres;

    TestMember(
            Path root,
            String name,
            Installation installation,
            TestAuthority authority,
            TestAuthority.Holder holder) {
        this.home = root.resolve(name);
        this.name = new NodeName(name);
        SSLContext context = authority.context(holder);
        this.keys =
                new MemberKeys(
                        home.resolve("node.crt"),
                        home.resolve("node.key"),
                        home.resolve("authority.crt"),
                        () -> context);
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.settings =
                new ManagedSettings(
                        this.name,
                        "test",
                        installation,
                        home.resolve("postgres"),
                        "127.0.0.1",
                        port,
                        8,
                        Map.of("fsync", "on", "shared_buffers", "32MB"),
                        List.of("host all all 127.0.0.1/32 scram-sha-256"),
                        SECRETS,
                        keys,
                        () -> Set.of("127.0.0.1"),
                        new ManagedSettings.FirstDatabase("app", "app", APP));
        show(authority, holder);
        this.postgres = new ManagedPostgres(settings, () -> {});
    }

    /// The oldest installed PostgreSQL, if there is one, and the embedded one.
    static Stream<Installation> installations() {
        return Servers.oldestAndEmbedded();
    }

    /// Puts other files where the node's key and certificates lie.
    void show(TestAuthority authority, TestAuthority.Holder holder) {
        try {
            Files.writeString(keys.key(), holder.keyPem());
            Files.writeString(keys.certificate(), holder.certificatePem());
            Files.writeString(keys.authority(), authority.pem());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ManagedPostgres postgres() {
        return postgres;
    }

    ManagedSettings settings() {
        return settings;
    }

    Upstream asUpstream(long epoch) {
        return new Upstream(name, new Epoch(epoch), "127.0.0.1", port, TimelineId.FIRST);
    }

    Path directory() {
        return settings.directory();
    }

    ConnectionSettings bySocket() {
        return ConnectionSettings.of(
                new ServerAddress.UnixSocket(
                        SocketDirectory.prepare(
                                directory().resolve("run"), OperatingSystemUser.forPostgres()),
                        port),
                "postgres");
    }

    ConnectionSettings byTcp(String role, Secret password) {
        return ConnectionSettings.of(new ServerAddress.Tcp("127.0.0.1", port), role)
                .withPassword(password);
    }

    ConnectionSettings byTls(String role, Secret password, SSLContext context) {
        return byTcp(role, password).withTls(context);
    }

    PostgresConnection connect() {
        return PostgresConnection.open(bySocket());
    }

    String log() {
        try {
            return Files.readString(directory().resolve("postgresql.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        postgres.kill();
        postgres.close();
    }
}
