package io.howdah.cluster.agent;

import io.howdah.cluster.lease.LeaseTerms;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.SystemId;
import org.jspecify.annotations.Nullable;

/// What an agent must know of its node. Immutable.
///
/// @param self this node
/// @param host where others reach it
/// @param postgresPort PostgreSQL's port
/// @param apiPort the HTTP API's port
/// @param tags what the operator asks of elections
/// @param terms the lease's times
/// @param awaited the database that the cluster is to hold, made without Howdah; null: a new one
/// @param first the settings that a new cluster begins with; from then on the agreed ones count
public record AgentSettings(
        NodeName self,
        String host,
        int postgresPort,
        int apiPort,
        Member.Tags tags,
        LeaseTerms terms,
        @Nullable SystemId awaited,
        ClusterSettings first) {

    /// Of a cluster that makes its database itself.
    public AgentSettings(
            NodeName self,
            String host,
            int postgresPort,
            int apiPort,
            Member.Tags tags,
            LeaseTerms terms,
            ClusterSettings first) {
        this(self, host, postgresPort, apiPort, tags, terms, null, first);
    }

    Member member(@Nullable Incarnation incarnation) {
        return new Member(incarnation, host, postgresPort, apiPort, false, tags);
    }
}
