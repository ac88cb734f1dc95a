package io.howdah.node.authority;

import java.time.Instant;
import java.util.Optional;

/// When nodes were taken out of the cluster. Answers from memory; thread-safe.
@FunctionalInterface
public interface Removals {

    /// Nobody ever was.
    Removals NONE = node -> Optional.empty();

    /// When a node was last taken out, whether it has come back since or not; empty when it never
    /// was.
    Optional<Instant> last(String node);
}
