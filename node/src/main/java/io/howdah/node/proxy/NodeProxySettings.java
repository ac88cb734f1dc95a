package io.howdah.node.proxy;

import io.howdah.node.authority.KeyFiles;
import io.howdah.node.beside.BesideFiles;
import io.howdah.node.beside.BesideProcess;
import io.howdah.node.beside.Handover;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.ProxyConfiguration;
import io.howdah.node.configuration.SecretFile;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.SocketDirectory;
import io.howdah.postgres.wire.Secret;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.LookupSettings;
import io.howdah.proxy.settings.MockSecret;
import io.howdah.proxy.settings.Peers;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.ServerChoice;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.settings.TakeoverSettings;
import io.howdah.proxy.settings.UserAllowances;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the proxy beside a node runs with, from the node's `howdah.yaml`.
final class NodeProxySettings {

    private static final Logger LOG = LoggerFactory.getLogger(NodeProxySettings.class);

    /// 24 random bytes as `howdah init` writes them; hardly any are without letters of both cases.
    private static final Pattern RANDOM =
            Pattern.compile("(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9_-]{32}");

    private NodeProxySettings() {}

    /// @param lines who may connect from where
    static ProxySettings of(NodeConfiguration configuration, List<String> lines) {
        ProxyConfiguration proxy = Objects.requireNonNull(configuration.proxy());
        ServerTlsSettings tls = serverTls(configuration.tls());
        Handover handover = handover(BesideFiles.proxy(configuration.directory()));
        var databases = new LinkedHashMap<String, DatabaseSettings>();
        proxy.databases()
                .forEach((name, database) ->
                        databases.put(
                                name,
                                atPrimary(
                                        tls,
                                        database.database(),
                                        database.allowance(),
                                        database.pool(),
                                        database.users())));
        databases.putIfAbsent(
                DatabaseSettings.ANY,
                atPrimary(tls, DatabaseSettings.ANY, proxy.perDatabase(), proxy.pool(), Map.of()));
        return new ProxySettings(
                proxy.listen(),
                new Admission(
                        rules(lines),
                        null,
                        lookup(configuration),
                        clientTls(configuration, proxy),
                        mockSecret(configuration)),
                proxy.maxClients(),
                proxy.eventLoops(),
                proxy.statementMemory().bytes(),
                proxy.applicationNameAddHost(),
                proxy.drain(),
                proxy.timeouts(),
                new UserAllowances(proxy.perUser(), proxy.users()),
                Peers.ofCluster(
                        Neighbours.number(URI.create(configuration.apiUrl(configuration.self()))),
                        neighbourTls(configuration, proxy)),
                new TakeoverSettings(handover.socket(), handover.stay(), true),
                databases);
    }

    /// How the next proxy of a node takes the port over.
    static Handover handover(BesideFiles files) {
        Path directory = SocketDirectory.prepare(files.home(), OperatingSystemUser.ourselves());
        return new Handover(directory.resolve("takeover"), TakeoverSettings.DEFAULT_DRAIN);
    }

    static AccessRules rules(List<String> lines) {
        return AccessRules.asFarAsFollowed(
                lines,
                why ->
                        LOG.warn(
                                "the proxy cannot follow the cluster's postgres.access: {}; nobody"
                                        + " comes in whom no line before it is for\nHINT: write"
                                        + " 'access' in the section 'proxy' of howdah.yaml",
                                why));
    }

    private static DatabaseSettings atPrimary(
            ServerTlsSettings tls,
            String name,
            Allowance allowance,
            PoolSettings pool,
            Map<String, PoolSettings> users) {
        return new DatabaseSettings(new ServerChoice.Primary(), tls, name, allowance, pool, users);
    }

    private static String password(NodeConfiguration configuration) {
        return SecretFile.read(
                configuration.directory().resolve("secrets").resolve("lookup-password"));
    }

    /// The password for lookups is made from the one for replication, so it is the same at all
    /// nodes and cannot be guessed where that is of `howdah init`'s making: 24 random bytes. Where
    /// a person may have chosen it each proxy has salts of its own: strangers are told these, and
    /// could try on them what they guess.
    private static MockSecret mockSecret(NodeConfiguration configuration) {
        Path file = Objects.requireNonNull(configuration.postgres()).replicationPasswordFile();
        return RANDOM.matcher(SecretFile.read(file)).matches()
                ? new MockSecret.Given(Secret.of(password(configuration)))
                : new MockSecret.OfProcess();
    }

    private static LookupSettings lookup(NodeConfiguration configuration) {
        return new LookupSettings(
                LookupSettings.DEFAULT_USER,
                Secret.of(password(configuration)),
                "postgres",
                LookupSettings.DEFAULT_QUERY,
                LookupSettings.DEFAULT_CACHE);
    }

    /// Members show each other certificates of the cluster.
    private static ServerTlsSettings serverTls(@Nullable KeyFiles keys) {
        return keys == null
                ? ServerTlsSettings.DEFAULT
                : new ServerTlsSettings(
                        ServerTlsMode.VERIFY_FULL,
                        keys.authority(),
                        keys.certificate(),
                        keys.key());
    }

    /// Proxies listen at addresses that the node's certificate need not name. Where they show
    /// another one, nobody knows by whose authority.
    private static ServerTlsSettings neighbourTls(
            NodeConfiguration configuration, ProxyConfiguration proxy) {
        KeyFiles keys = configuration.tls();
        return keys == null || proxy.tls() != null
                ? ServerTlsSettings.DEFAULT
                : new ServerTlsSettings(
                        ServerTlsMode.VERIFY_CA, keys.authority(), keys.certificate(), keys.key());
    }

    /// As PostgreSQL's own: whoever has a certificate of the cluster's authority may show it.
    private static @Nullable ClientTlsSettings clientTls(
            NodeConfiguration configuration, ProxyConfiguration proxy) {
        KeyFiles keys = configuration.tls();
        return proxy.tls() != null || keys == null
                ? proxy.tls()
                : new ClientTlsSettings(false, keys.certificate(), keys.key(), keys.authority());
    }

    /// Tells proxies apart that would do something else, or were started from another version.
    static String fingerprint(NodeConfiguration configuration, String version) {
        return BesideProcess.fingerprint(
                version,
                ""
                        + configuration.proxy()
                        + configuration.tls()
                        + configuration.directory()
                        + configuration.nodes()
                        + password(configuration));
    }
}
