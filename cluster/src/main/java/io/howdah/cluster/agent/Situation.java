package io.howdah.cluster.agent;

import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.TimelineId;
import java.util.Optional;

/// All that `Rules` look at. Immutable.
///
/// @param self this node
/// @param state the agreed state as applied here; it may lag behind, which is why every command is
///   checked again when it is applied
/// @param held the epoch in which this node may act as primary, as its own lease keeper reckons
/// @param local this node's PostgreSQL
/// @param promised the highest epoch that this node has voted in: no leader below it is ever
///   followed again
/// @param unfinishedInitialisation the data directory is one that this node initialised and never
///   announced
/// @param votersHealthy as a leader: enough voters were streaming a moment ago to elect one of them
/// @param mayOpen as a leader: nothing can be read here that could vanish in the next failover
/// @param lostTouch as a standby: what it needs next is not to be had from the leader any more
/// @param request what an operator asks of this node
/// @param adopting a database made without Howdah that is to be the cluster's
/// @param holdsVoteBack others that are in better shape are to vote first
/// @param strayedFrom somebody ran a primary in the standby's data directory; above this timeline
///   none of its is what it seems
public record Situation(
        NodeName self,
        ClusterState state,
        Optional<Epoch> held,
        LocalStatus local,
        Epoch promised,
        boolean unfinishedInitialisation,
        boolean votersHealthy,
        boolean mayOpen,
        boolean lostTouch,
        Optional<LocalRequest> request,
        Adopting adopting,
        boolean holdsVoteBack,
        Optional<TimelineId> strayedFrom) {

    /// Without an adoption, nor anything that others did to the data.
    public Situation(
            NodeName self,
            ClusterState state,
            Optional<Epoch> held,
            LocalStatus local,
            Epoch promised,
            boolean unfinishedInitialisation,
            boolean votersHealthy,
            boolean mayOpen,
            boolean lostTouch,
            Optional<LocalRequest> request) {
        this(
                self,
                state,
                held,
                local,
                promised,
                unfinishedInitialisation,
                votersHealthy,
                mayOpen,
                lostTouch,
                request,
                Adopting.NONE,
                false,
                Optional.empty());
    }
}
