package io.howdah.node.metrics;

import io.howdah.cluster.lease.RenewalTimes;
import io.howdah.cluster.member.ServerVitals;
import io.howdah.cluster.state.ClusterState;
import io.howdah.consensus.LogProgress;
import io.howdah.node.api.DrillStatus;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.Replication;
import io.howdah.node.backup.ArchiveReport;
import io.howdah.node.backup.BackupsReport;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Everything that one scrape shows, as of one moment. Immutable.
///
/// @param cluster the cluster's name
/// @param self this node
/// @param replication how its PostgreSQL gets its WAL
/// @param vitals what its PostgreSQL says; empty when it does not answer
/// @param state the agreed state as this node has applied it
/// @param paused whether automatic failover is paused
/// @param leaseSeconds the length of a lease
/// @param leaseRemainingSeconds how long this node may go on as primary without another
///   confirmation; 0 when it does not hold the lease
/// @param renewals what this node's own renewals took; null on a witness
/// @param deadMansSwitch whether the process runs that ends PostgreSQL if the agent hangs
/// @param watchdog whether a watchdog resets this host if that process does not run any more
/// @param loopAgeSeconds how long ago the agent's loop looked
/// @param progress in the consensus' log
/// @param consensusLeader the name of the node that leads the consensus; null when none is known
/// @param peers how many nodes the consensus has
/// @param archive how far the archive of this node's WAL is; null while none is made
/// @param writesStopped whether this PostgreSQL is to refuse writes, as the archive is behind
/// @param drill the last drill; null where there was none
/// @param backups which backups there are; null while that is not known
/// @param certificateSeconds how long this node's certificate is still good, negative when it has
///   ended; null where it has none
/// @param process what this process uses
/// @param takenAtMillis wall clock
public record Scrape(
        String cluster,
        MemberStatus self,
        Replication replication,
        Optional<ServerVitals> vitals,
        ClusterState state,
        boolean paused,
        double leaseSeconds,
        double leaseRemainingSeconds,
        RenewalTimes.@Nullable Figures renewals,
        boolean deadMansSwitch,
        boolean watchdog,
        double loopAgeSeconds,
        LogProgress progress,
        @Nullable String consensusLeader,
        int peers,
        @Nullable ArchiveReport archive,
        boolean writesStopped,
        @Nullable DrillStatus drill,
        @Nullable BackupsReport backups,
        @Nullable Double certificateSeconds,
        ProcessUsage process,
        long takenAtMillis) {}
