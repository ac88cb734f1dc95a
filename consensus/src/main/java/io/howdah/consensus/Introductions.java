package io.howdah.consensus;

import java.util.Optional;

/// How a node that has no group yet asks the others who they are. Implemented by whoever can reach
/// them (`node`, over HTTP); what it should answer to others is [Store#introduction()].
@FunctionalInterface
public interface Introductions {

    /// The present introduction of a node, or empty if it did not answer. May block, but not for
    /// longer than a second or so; throws nothing for a node that cannot be reached. Called by one
    /// virtual thread per node.
    Optional<Introduction> ask(String nodeName);
}
