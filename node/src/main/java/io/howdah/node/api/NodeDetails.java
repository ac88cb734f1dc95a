package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What monitoring asks of a node besides how it is. Immutable.
///
/// @param systemIdentifier which database the cluster holds; null before there is one
/// @param consensusSeenAtMillis when the node last heard of a majority, in milliseconds since 1970
/// @param server what its PostgreSQL says of itself; empty when none runs or it does not answer
public record NodeDetails(
        @Nullable String systemIdentifier, long consensusSeenAtMillis, Optional<Server> server) {

    /// A running PostgreSQL.
    ///
    /// @param startedAtMillis when its postmaster started, in milliseconds since 1970
    /// @param replayedAtMillis when the transaction that was replayed last was committed; empty on
    ///   a primary, and before the first
    /// @param replayPaused whether somebody has paused the replay
    /// @param senders who streams from it
    public record Server(
            long startedAtMillis,
            OptionalLong replayedAtMillis,
            boolean replayPaused,
            List<Sender> senders) {
        public Server {
            senders = List.copyOf(senders);
        }
    }

    /// One that streams from it, in PostgreSQL's and Patroni's words. From where is not said: the
    /// answer is open to everybody.
    ///
    /// @param usename its role
    /// @param applicationName the name that it goes by
    /// @param state such as `streaming`
    /// @param syncState such as `quorum`
    /// @param syncPriority its place among synchronous standbys, from 1; 0 when it is none
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Sender(
            @Nullable String usename,
            @JsonProperty("application_name") @Nullable String applicationName,
            @Nullable String state,
            @JsonProperty("sync_state") @Nullable String syncState,
            @JsonProperty("sync_priority") long syncPriority) {}
}
