package io.howdah.node;

import io.howdah.consensus.Transport;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.authority.RemovedNodeException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// Whom consensus does not listen to any more. A node that leaves proposes itself, after it was
/// forgotten, that the others go on without it, and may lead the log while it does: so it is heard
/// for a moment longer than by the API, where it would have to introduce itself to come back.
/// Thread-safe.
final class PeerRemovals implements Transport.Removals {

    /// Longer than the change of the group takes.
    static final Duration FAREWELL = Duration.ofSeconds(10);

    private final KeyMaterial keys;
    private final InstantSource clock;

    PeerRemovals(KeyMaterial keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public Optional<String> removed(X509Certificate certificate) {
        return keys.removal(certificate)
                .filter(removal -> clock.instant().isAfter(removal.at().plus(FAREWELL)))
                .map(RemovedNodeException::node);
    }
}
