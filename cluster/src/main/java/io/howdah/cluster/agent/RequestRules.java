package io.howdah.cluster.agent;

import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Sync;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;

/// What a node does about a request of its operator, where nothing more urgent is to be done. Pure.
final class RequestRules {

    private RequestRules() {}

    /// On a primary that leads openly. It is restarted in place only where nobody else could lead
    /// meanwhile; else the primary is handed over first.
    static Act leading(LocalRequest request, Situation now, Epoch epoch) {
        return switch (request) {
            case REINITIALISE ->
                    new Act.Decline(now.self() + " is the primary, and its data are the cluster's");
            case RESTART -> {
                Sync sync = now.state().sync();
                yield sync != null && sync.epoch().equals(epoch) && sync.voters().isEmpty()
                        ? new Act.Restart(true)
                        : new Act.Decline(
                                now.self()
                                        + " is the primary, and others could lead: hand it over first");
            }
            case RESTART_IN_PLACE -> new Act.Restart(true);
        };
    }

    /// On a member of a running epoch whose server is up, or which has none yet.
    ///
    /// @return empty where the request is about nothing that is here
    static Optional<Act> following(LocalRequest request, Situation now, Announcement leader) {
        return switch (request) {
            case RESTART ->
                    now.local() instanceof LocalStatus.Standby
                            ? Optional.of(new Act.Restart(false))
                            : Optional.empty();
            case RESTART_IN_PLACE ->
                    Optional.of(new Act.Decline(now.self() + " is not the primary any more"));
            case REINITIALISE -> reinitialising(now, leader);
        };
    }

    /// A voter must not lose its data: the leader would count on commits that are nowhere. So it
    /// stops confirming them, and waits until the leader counts on others. Where there are no
    /// others and commits must not go on without, it would wait in vain, and so would they.
    private static Optional<Act> reinitialising(Situation now, Announcement leader) {
        Optional<Incarnation> own =
                switch (now.local()) {
                    case LocalStatus.Standby standby -> Optional.of(standby.incarnation());
                    case LocalStatus.Silent silent -> Optional.of(silent.incarnation());
                    case LocalStatus.Primary primary -> Optional.of(primary.incarnation());
                    case LocalStatus.Stopped stopped -> Optional.of(stopped.incarnation());
                    case LocalStatus.Absent absent -> Optional.empty();
                    case LocalStatus.Unusable unusable -> Optional.empty();
                };
        SortedMap<NodeName, Incarnation> voters =
                now.state().sync() == null
                        ? Collections.emptySortedMap()
                        : now.state().sync().voters();
        boolean counted = own.isPresent() && own.get().equals(voters.get(now.self()));
        if (counted && voters.size() == 1 && isStrict(now.state())) {
            return Optional.of(
                    new Act.Decline(
                            now.self()
                                    + " is the only standby that commits wait for, and durability is strict:"
                                    + " no commit would return until the copy is there;"
                                    + " add a standby or set durability to available first"));
        }
        if (now.local() instanceof LocalStatus.Standby standby && standby.following().isPresent()) {
            return Optional.of(new Act.CutOff(standby.following().get()));
        }
        return Optional.of(
                counted
                        ? new Act.Wait(
                                "waiting until "
                                        + leader.leader()
                                        + " no longer counts on this node, to copy it anew")
                        : new Act.Copy(leader, "the operator asks for a fresh copy"));
    }

    private static boolean isStrict(ClusterState state) {
        ClusterSettings settings = state.settings();
        return settings != null && settings.strict();
    }
}
