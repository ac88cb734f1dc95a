package io.howdah.cli.chaos;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A fault that was done, or tried. Immutable.
///
/// @param number as in the plan
/// @param kind its word
/// @param node whom it hit; null when nobody could be, or all were
/// @param role of that node at the moment
/// @param detail what exactly was done, where the kind does not say it
/// @param at when
/// @param sinceStartMillis the same, since the clients began
/// @param lengthMillis how long it was meant to last; null for what happens at once
/// @param result `done`, or why not
/// @param outageMillis the longest time without an acknowledgement that a client had after it and
///   before the next fault; 0 when it was shorter than 100 ms
/// @param leader who led when all was well again, or before the next fault; null: nobody
/// @param wholeAfterMillis until all was well again; null when the next fault did not wait for that
@JsonInclude(JsonInclude.Include.NON_NULL)
record FaultRecord(
        int number,
        String kind,
        @Nullable String node,
        @Nullable String role,
        @Nullable String detail,
        Instant at,
        long sinceStartMillis,
        @Nullable Long lengthMillis,
        String result,
        @Nullable Long outageMillis,
        @Nullable String leader,
        @Nullable Long wholeAfterMillis) {

    static final String DONE = "done";

    FaultRecord healed(@Nullable String newLeader, @Nullable Long newWholeAfterMillis) {
        return new FaultRecord(
                number,
                kind,
                node,
                role,
                detail,
                at,
                sinceStartMillis,
                lengthMillis,
                result,
                outageMillis,
                newLeader,
                newWholeAfterMillis);
    }

    FaultRecord withOutage(long millis) {
        return new FaultRecord(
                number,
                kind,
                node,
                role,
                detail,
                at,
                sinceStartMillis,
                lengthMillis,
                result,
                millis,
                leader,
                wholeAfterMillis);
    }

    /// As in `kill -9 of the agent on n1 (primary)`.
    String describe() {
        return FaultKind.of(kind).description()
                + (node == null ? "" : " on " + node + " (" + role + ")")
                + (detail == null ? "" : ", " + detail)
                + (lengthMillis == null ? "" : " for %.1f s".formatted(lengthMillis / 1000.0))
                + (result.equals(DONE) ? "" : ": " + result);
    }
}
