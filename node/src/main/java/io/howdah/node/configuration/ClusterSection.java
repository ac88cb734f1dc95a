package io.howdah.node.configuration;

import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The section `cluster` of `proxy.yaml`.
final class ClusterSection {

    private ClusterSection() {}

    static ProxyFile.Cluster read(Section section) {
        section.allow(List.of("api", "credentials"));
        @Nullable Path credentials =
                section.has("credentials") ? section.path("credentials") : null;
        return section.build(() ->
                new ProxyFile.Cluster(
                        section.list("api").stream().map(ClusterSection::url).toList(),
                        credentials));
    }

    private static URI url(String text) {
        try {
            return new URI(text.strip());
        } catch (URISyntaxException e) {
            throw new InvalidValueException("api", "has '" + text + "', which is no URL");
        }
    }

    /// How members' PostgreSQL is reached, where nothing else is said: as the cluster's own
    /// credentials allow it.
    static ServerTlsSettings serverTls(ProxyFile.Cluster cluster) {
        Path credentials = cluster.credentials();
        if (credentials == null) {
            return ServerTlsSettings.DEFAULT;
        }
        Path certificate = credentials.resolve("client.crt");
        boolean shown = Files.exists(certificate);
        return new ServerTlsSettings(
                ServerTlsMode.VERIFY_FULL,
                credentials.resolve("authority.crt"),
                shown ? certificate : null,
                shown ? credentials.resolve("client.key") : null);
    }
}
