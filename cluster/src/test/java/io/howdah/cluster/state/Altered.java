package io.howdah.cluster.state;

import io.howdah.postgres.TimelineId;

/// States that no command leads to: what a safety rule that is switched off would make of them.
public final class Altered {

    private Altered() {}

    /// The same, but for the lease.
    public static ClusterState lease(ClusterState state, Lease lease) {
        return new ClusterStateBuilder(state).lease(lease).build();
    }

    /// The same, but for the record of who has to be asked.
    public static ClusterState sync(ClusterState state, Sync sync) {
        return new ClusterStateBuilder(state).sync(sync).build();
    }

    /// The same, but for the highest timeline given out.
    public static ClusterState timeline(ClusterState state, TimelineId timeline) {
        return new ClusterStateBuilder(state).timeline(timeline).build();
    }
}
