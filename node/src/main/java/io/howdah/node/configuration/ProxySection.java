package io.howdah.node.configuration;

import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.Timeouts;
import io.howdah.proxy.settings.UserAllowances;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The section `proxy` of `howdah.yaml`: what of `proxy.yaml` does not follow from the node.
final class ProxySection {

    /// PostgreSQL is stopped only after it.
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private ProxySection() {}

    static ProxyConfiguration read(Section section) {
        section.allow(
                List.of(
                        "listen",
                        "access",
                        "tls",
                        "max-clients",
                        "event-loops",
                        "statement-memory",
                        "application-name-add-host",
                        "drain",
                        "timeouts",
                        "pool",
                        "per-database",
                        "per-user",
                        "users",
                        "databases"));
        InetSocketAddress listen = section.parsed("listen", ProxySection::address);
        @Nullable List<String> access = access(section);
        @Nullable ClientTlsSettings tls =
                section.optionalSection("tls").map(ProxySection::tls).orElse(null);
        int clients = section.number("max-clients", 1_000);
        int loops = section.number("event-loops", 1);
        DataSize statements = ProxyConfigurationFile.statementMemory(section);
        boolean addHost = section.flag("application-name-add-host", false);
        Duration drain = ProxyConfigurationFile.duration(section, "drain", DRAIN);
        Timeouts timeouts =
                section.optionalSection("timeouts")
                        .map(TimeoutsSection::read)
                        .orElse(Timeouts.DEFAULT);
        PoolSettings pool =
                section.optionalSection("pool")
                        .map(inner -> ProxyConfigurationFile.pool(inner, PoolSettings.DEFAULT))
                        .orElse(PoolSettings.DEFAULT);
        Allowance each =
                ProxyConfigurationFile.allowance(section, "per-database", Allowance.UNBOUNDED);
        UserAllowances users = ProxyConfigurationFile.users(section);
        Map<String, ProxyConfiguration.Database> databases = new LinkedHashMap<>();
        section.optionalSection("databases")
                .ifPresent(inner -> {
                    for (String name : inner.keys()) {
                        databases.put(name, database(name, inner.section(name), each, pool));
                    }
                });
        return ProxyConfigurationFile.build(
                section,
                () ->
                        new ProxyConfiguration(
                                listen,
                                access,
                                tls,
                                clients,
                                loops,
                                statements,
                                addHost,
                                drain,
                                timeouts,
                                pool,
                                each,
                                users.each(),
                                users.named(),
                                databases));
    }

    /// Lines that the cluster has agreed on are followed as far as they can be; these here are for
    /// nobody but the proxy.
    private static @Nullable List<String> access(Section section) {
        if (!section.has("access")) {
            return null;
        }
        List<String> lines = section.list("access");
        AccessRules _ = ProxyConfigurationFile.build(section, () -> AccessRules.of(lines));
        return lines;
    }

    private static ClientTlsSettings tls(Section section) {
        ClientTlsSettings tls = AdmissionSection.tls(section);
        return tls != null
                ? tls
                : section.build(() -> {
                    throw new InvalidValueException(
                            "mode", "is disable, but it is the client's choice: use allow");
                });
    }

    private static InetSocketAddress address(String text) {
        InetSocketAddress address = ProxyConfigurationFile.address(text);
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("'" + text + "', a host without an address");
        }
        return address;
    }

    private static ProxyConfiguration.Database database(
            String name, Section section, Allowance each, PoolSettings otherwise) {
        section.allow(List.of("database", "pool", "max-connections", "max-clients", "users"));
        PoolSettings pool = ProxyConfigurationFile.poolIn(section, otherwise);
        return new ProxyConfiguration.Database(
                section.has("database") ? section.text("database") : name,
                ProxyConfigurationFile.allowance(section, each),
                pool,
                ProxyConfigurationFile.usersIn(section, pool));
    }
}
