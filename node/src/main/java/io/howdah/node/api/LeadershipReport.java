package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What one node knows of who leads, for proxies: `GET /leadership`, and each line of what a node
/// tells the proxy beside it. Taken from memory, so it may be asked for often. Immutable.
///
/// @param cluster its name
/// @param node who says so
/// @param agreed whether that node sees a majority; without one it may have missed what came since
/// @param paused whether leases do not run out at the moment
/// @param epoch the newest epoch that was offered; 0 before the first
/// @param over whether that epoch has ended and nobody was offered the next yet
/// @param primary who leads in it and was made known; null while there is nobody
/// @param api base URLs of all nodes' APIs
/// @param access the agreed lines that say who may connect from where; null before there are any
/// @param proxy where the proxy beside that node takes clients, as `host:port`; null while none
///   does
/// @param leadsUntilNanos when this node must have stopped leading unless its lease is confirmed
///   again, on the machine's boot clock; null when it does not lead, and for other machines
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LeadershipReport(
        String cluster,
        String node,
        boolean agreed,
        boolean paused,
        long epoch,
        boolean over,
        @Nullable Primary primary,
        List<String> api,
        @Nullable List<String> access,
        @Nullable String proxy,
        @Nullable Long leadsUntilNanos) {

    /// Where writes go.
    ///
    /// @param node its name
    /// @param host where its PostgreSQL is reached
    /// @param port and by which port
    public record Primary(String node, String host, int port) {
        public Primary {
            Objects.requireNonNull(node, "node");
            Objects.requireNonNull(host, "host");
        }
    }

    /// @throws NullPointerException when a name is missing
    public LeadershipReport {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(node, "node");
        api = api == null ? List.of() : List.copyOf(api);
        access = access == null ? null : List.copyOf(access);
    }

    /// The same, with how long the node may lead.
    public LeadershipReport leadingUntil(@Nullable Long bootClockNanos) {
        return new LeadershipReport(
                cluster,
                node,
                agreed,
                paused,
                epoch,
                over,
                primary,
                api,
                access,
                proxy,
                bootClockNanos);
    }
}
