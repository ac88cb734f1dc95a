package io.howdah.node;

import io.howdah.node.authority.CredentialException;
import io.howdah.node.authority.Identity;
import io.howdah.node.authority.KeyFiles;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.authority.Removals;
import io.howdah.node.configuration.NodeAddress;
import io.howdah.node.configuration.NodeConfiguration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node's key material as its configuration names it, checked against the configuration.
final class NodeKeys {

    private static final Logger LOG = LoggerFactory.getLogger(NodeKeys.class);

    private NodeKeys() {}

    /// Reads them; empty when the configuration has no `tls`, which is for one machine only.
    ///
    /// @param removals whose certificates open nothing any more
    /// @throws CredentialException when the nodes are on several machines and there is no `tls`,
    ///   when a file is missing, damaged or open to others, or when the certificate is another
    ///   node's or another cluster's
    static Optional<KeyMaterial> load(NodeConfiguration configuration, Removals removals) {
        KeyFiles files = configuration.tls();
        if (files == null) {
            requireLoopback(configuration);
            return Optional.empty();
        }
        KeyMaterial keys = KeyMaterial.load(files, removals);
        Identity identity = keys.identity();
        if (!identity.name().equals(configuration.node())
                || !identity.cluster().equals(configuration.cluster())) {
            throw new CredentialException(
                    files.certificate()
                            + " is the certificate of "
                            + identity.name()
                            + " of cluster "
                            + identity.cluster()
                            + ", but this is "
                            + configuration.node()
                            + " of cluster "
                            + configuration.cluster(),
                    "copy this node's own directory of `howdah init` here",
                    null);
        }
        String host = configuration.self().host();
        if (!keys.isFor(host)) {
            LOG.warn(
                    "the certificate {} is not good for host {}: the other nodes will refuse this"
                            + " one (HINT: make a new one with `howdah init renew`)",
                    files.certificate(),
                    host);
        }
        return Optional.of(keys);
    }

    private static void requireLoopback(NodeConfiguration configuration) {
        for (NodeAddress address : configuration.nodes().values()) {
            if (!address.isLoopback()) {
                throw new CredentialException(
                        "the nodes are on several machines (host "
                                + address.host()
                                + "), but howdah.yaml has no section tls",
                        "`howdah init` makes the cluster's keys and a howdah.yaml that names them",
                        null);
            }
        }
    }
}
