package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.howdah.postgres.Lsn;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A failover that somebody forced though acknowledged writes may be missing. Immutable.
///
/// @param epoch the epoch that was forced
/// @param to the chosen node
/// @param by who asked
/// @param at when
/// @param missingVotes nodes whose vote was not there, so that what they hold is not known
/// @param lostFrom where the chosen node's WAL ended
/// @param lostTo up to where WAL is known to have existed, which is left behind; what was written
///   after the last renewal of the lease comes on top. Null: nothing past `lostFrom` is known
/// @param lostBytes between the two; null when nothing is known
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ForcedFailoverRow(
        long epoch,
        String to,
        String by,
        Instant at,
        List<String> missingVotes,
        Lsn lostFrom,
        @Nullable Lsn lostTo,
        @Nullable Long lostBytes) {

    /// @throws NullPointerException when what must be there is missing
    public ForcedFailoverRow {
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(lostFrom, "lostFrom");
        missingVotes = List.copyOf(missingVotes);
    }
}
