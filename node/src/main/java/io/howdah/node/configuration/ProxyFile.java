package io.howdah.node.configuration;

import io.howdah.proxy.settings.ProxySettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that `proxy.yaml` says. Immutable.
///
/// @param settings the proxy's own
/// @param cluster whose primary databases without a host are at; null where there is none
public record ProxyFile(ProxySettings settings, @Nullable Cluster cluster) {

    /// @throws InvalidValueException when a cluster is named that no database is of
    public ProxyFile {
        if (cluster != null && !settings.needTopology()) {
            throw new InvalidValueException(
                    "cluster", "is named, and every database has a host of its own");
        }
    }

    /// Which cluster, and how its nodes are asked who leads.
    ///
    /// @param api base URLs of its nodes; at least one
    /// @param credentials the directory with what to show them; null where they speak without TLS
    public record Cluster(List<URI> api, @Nullable Path credentials) {

        /// @throws InvalidValueException when no node is named, or one that cannot be asked
        public Cluster {
            api = List.copyOf(api);
            if (api.isEmpty()) {
                throw new InvalidValueException("api", "names no node");
            }
            for (URI url : api) {
                boolean https = "https".equals(url.getScheme());
                if (url.getHost() == null || !(https || "http".equals(url.getScheme()))) {
                    throw new InvalidValueException(
                            "api", "has '" + url + "', not such as https://db1.example.com:6531");
                }
                if (https && credentials == null) {
                    throw new InvalidValueException(
                            "api",
                            "has " + url + ", and 'credentials' names none to believe it by");
                }
            }
        }
    }
}
