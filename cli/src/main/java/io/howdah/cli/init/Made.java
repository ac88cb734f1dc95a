package io.howdah.cli.init;

import java.util.List;

/// What `howdah init` and its subcommands made, for `--json`. Paths are absolute; secrets are not
/// shown, only where they lie.
public sealed interface Made {

    /// A cluster that is ready to be started.
    ///
    /// @param authorityKey whoever has it is the cluster
    /// @param admin the credentials of an administrator
    record Cluster(
            String cluster, String directory, String authorityKey, String admin, List<Node> nodes)
            implements Made {}

    /// A node's files, to be copied to its host.
    ///
    /// @param api where its API will answer
    record Node(String name, String host, boolean witness, String api, String directory)
            implements Made {
        public static Node of(NewNode node, ClusterDirectory directory) {
            return new Node(
                    node.name(),
                    node.address().host(),
                    node.address().witness(),
                    "https://" + node.address().bracketedHost() + ":" + node.address().apiPort(),
                    directory.node(node.name()).toString());
        }
    }

    /// Credentials of somebody who asks.
    record Client(String name, String role, String directory) implements Made {}

    /// A bearer token.
    ///
    /// @param token the file that holds it
    /// @param lists the nodes' files of tokens that list it, each to be copied to its node
    record Token(String name, String role, String token, List<String> lists) implements Made {}

    /// Certificates that are new, each to be copied to where its key is.
    record Renewed(List<String> certificates) implements Made {}
}
