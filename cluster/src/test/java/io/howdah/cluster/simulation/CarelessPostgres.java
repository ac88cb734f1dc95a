package io.howdah.cluster.simulation;

import io.howdah.cluster.member.Follower;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.synchronous.InForce;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A PostgreSQL without one of the rules that its agent keeps.
final class CarelessPostgres extends SimulatedPostgres {

    private final Mutation mutation;

    CarelessPostgres(Mutation mutation, Cluster cluster, Host host, AgentProcess process) {
        super(cluster, host, process);
        this.mutation = mutation;
    }

    /// Without the attach check: whatever the standby holds is taken for a part of the leader's
    /// history.
    @Override
    public LocalStatus status() {
        LocalStatus status = super.status();
        Optional<Announcement> leader = cluster().state().currentLeader();
        if (mutation == Mutation.ATTACH_CHECK
                && status instanceof LocalStatus.Standby standby
                && standby.position().isPresent()
                && leader.isPresent()) {
            return new LocalStatus.Standby(
                    standby.systemId(),
                    standby.incarnation(),
                    standby.position()
                            .map(position -> new Position(leader.get().history(), position.lsn())),
                    standby.following(),
                    standby.receiving(),
                    standby.replayLagBytes(),
                    standby.promoted(),
                    standby.from());
        }
        return status;
    }

    /// Names before voters: whoever streams is named at once.
    @Override
    public List<Follower> followers() {
        List<Follower> followers = super.followers();
        if (mutation == Mutation.VOTERS_BEFORE_NAMES
                && host().disk().names instanceof InForce.Names(var members, int required)) {
            TreeMap<NodeName, Incarnation> all = new TreeMap<>(members);
            followers.stream()
                    .filter(follower -> follower.name().epoch().equals(host().disk().namesEpoch))
                    .forEach(follower ->
                            all.put(follower.name().node(), follower.name().incarnation()));
            if (!all.equals(members)) {
                host().disk().names = new InForce.Names(all, required);
                ServerProcess server = host().server();
                if (server != null) {
                    server.reload();
                }
            }
        }
        return followers;
    }
}
