package io.howdah.cluster.agent;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.postgres.SystemId;
import java.util.Optional;

/// What a node knows of a database made without Howdah that is to be the cluster's. Immutable.
///
/// @param awaited the one that howdah.yaml names: no node makes another
/// @param order to adopt what lies in this node's data directory
public record Adopting(Optional<SystemId> awaited, Optional<AdoptionOrder> order) {

    /// The cluster makes its database itself.
    public static final Adopting NONE = new Adopting(Optional.empty(), Optional.empty());
}
