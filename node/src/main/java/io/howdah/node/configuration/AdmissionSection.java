package io.howdah.node.configuration;

import io.howdah.postgres.wire.Secret;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.LookupSettings;
import io.howdah.proxy.settings.MockSecret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The keys of `proxy.yaml` that say who may come in.
final class AdmissionSection {

    private AdmissionSection() {}

    static Admission read(Section root) {
        AccessRules rules = rules(root);
        Path authFile = root.has("auth-file") ? root.path("auth-file") : null;
        LookupSettings lookup =
                root.optionalSection("lookup").map(AdmissionSection::lookup).orElse(null);
        ClientTlsSettings tls = root.optionalSection("tls").map(AdmissionSection::tls).orElse(null);
        MockSecret mockSecret =
                root.has("mock-secret-file")
                        ? new MockSecret.InFile(root.path("mock-secret-file"))
                        : new MockSecret.OfProcess();
        return ProxyConfigurationFile.build(
                root, () -> new Admission(rules, authFile, lookup, tls, mockSecret));
    }

    private static AccessRules rules(Section root) {
        if (!root.has("access")) {
            return root.parsed("auth", AdmissionSection::authentication);
        }
        if (root.has("auth")) {
            return root.build(() -> {
                throw new InvalidValueException(
                        "auth", "and access are both there; the lines of access name their method");
            });
        }
        List<String> lines = root.list("access");
        return ProxyConfigurationFile.build(root, () -> AccessRules.of(lines));
    }

    private static AccessRules authentication(String text) {
        return switch (text) {
            case "trust" -> AccessRules.trustingLoopback();
            case "scram-sha-256" -> AccessRules.withPassword();
            default ->
                    throw new IllegalArgumentException(
                            "'" + text + "', not scram-sha-256 or trust");
        };
    }

    private static LookupSettings lookup(Section section) {
        section.allow(List.of("user", "password-file", "database", "query", "cache"));
        String user = section.has("user") ? section.text("user") : LookupSettings.DEFAULT_USER;
        Secret password =
                section.has("password-file")
                        ? Secret.of(SecretFile.read(section.path("password-file")))
                        : null;
        String database = section.has("database") ? section.text("database") : "postgres";
        String query = section.has("query") ? section.text("query") : LookupSettings.DEFAULT_QUERY;
        Duration cache =
                ProxyConfigurationFile.duration(section, "cache", LookupSettings.DEFAULT_CACHE);
        return ProxyConfigurationFile.build(
                section, () -> new LookupSettings(user, password, database, query, cache));
    }

    static @Nullable ClientTlsSettings tls(Section section) {
        section.allow(List.of("mode", "certificate", "key", "client-authority"));
        String mode = section.parsed("mode", AdmissionSection::tlsMode);
        if (mode.equals("disable")) {
            return null;
        }
        return new ClientTlsSettings(
                mode.equals("require"),
                section.path("certificate"),
                section.path("key"),
                section.has("client-authority") ? section.path("client-authority") : null);
    }

    private static String tlsMode(String text) {
        if (List.of("disable", "allow", "require").contains(text)) {
            return text;
        }
        throw new IllegalArgumentException("'" + text + "', not disable, allow or require");
    }
}
