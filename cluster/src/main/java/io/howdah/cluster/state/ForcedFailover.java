package io.howdah.cluster.state;

import io.howdah.postgres.Lsn;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A failover that an operator forced though acknowledged writes may be missing, as it stays in the
/// history. Immutable.
///
/// @param epoch the epoch that was forced
/// @param to the chosen member
/// @param by who asked
/// @param atMillis wall clock at the node that was asked
/// @param missing voters whose vote was not there, so that what they hold is not known
/// @param chosen how far the chosen member's WAL reached
/// @param knownEnd the furthest position that is known to have existed: of the last leader's last
///   renewal, of its switch point, or of another vote; null when none lies past `chosen`
public record ForcedFailover(
        Epoch epoch,
        NodeName to,
        String by,
        long atMillis,
        List<NodeName> missing,
        Lsn chosen,
        @Nullable Lsn knownEnd) {

    public ForcedFailover {
        missing = List.copyOf(missing);
    }

    /// How many bytes of WAL are known to be left behind; what was written after the last renewal
    /// comes on top. Empty when nothing past `chosen` is known.
    public OptionalLong lostBytes() {
        Lsn end = knownEnd;
        return end == null ? OptionalLong.empty() : OptionalLong.of(end.bytesSince(chosen));
    }
}
