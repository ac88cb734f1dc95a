package io.howdah.node.backup;

import io.howdah.consensus.ratis.FormerGroup;
import io.howdah.node.NewBeginning;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.SystemId;
import java.nio.file.Path;

/// A whole cluster is begun anew with what is restored on one of its nodes.
///
/// @param beginning that node's
/// @param system which database it is
public record ClusterRestore(NewBeginning beginning, SystemId system) {

    /// @param configuration of the node that it is restored on
    /// @param system which database the repository has
    public ClusterRestore(NodeConfiguration configuration, SystemId system) {
        this(new NewBeginning(configuration), system);
    }

    /// Refuses where the cluster could begin with something else, or has not ended.
    ///
    /// @throws PostgresException with what to do
    public void require() {
        beginning.require(system, "the repository is of");
        if (new FormerGroup(beginning.consensus()).isThere()) {
            throw new PostgresException(
                    "the former cluster's agreement is in " + beginning.consensus() + " still",
                    "stop howdah on every node, and move this directory away on each; what is"
                            + " restored begins a new one");
        }
    }

    /// Of the node.
    public NodeConfiguration configuration() {
        return beginning.configuration();
    }

    /// Where the data directory is to be.
    public Path directory() {
        return beginning.data();
    }

    /// What is restored there is taken in when the node starts.
    public void order() {
        beginning.order(system, "howdah restore --cluster", null);
    }
}
