package io.howdah.cluster.adoption;

import io.howdah.cluster.state.Adoptions;
import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.HistoryEntry;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.Optional;

/// Whether a database may be adopted, as far as the agreed state says. Pure.
///
/// The first one is a primary; what comes after it is a standby of it, and must not hold what the
/// cluster lacks. A timeline above the one that the primary was adopted on is nobody's to bring:
/// its number may have been granted since to somebody else, and then nothing tells the two apart.
public final class AdoptionRules {

    /// What to do with data that are refused.
    public static final String EMPTY =
            "save what only it has, then give this node an empty directory: it is copied from the"
                    + " primary";

    private AdoptionRules() {}

    /// Checks.
    ///
    /// @param awaited the database that howdah.yaml names; empty when it names none
    /// @throws PostgresException when it may not, with a fact and a HINT
    public static void require(
            ClusterState state, NodeName self, Optional<SystemId> awaited, Candidate candidate) {
        SystemId own = candidate.systemId();
        if (awaited.isPresent() && !awaited.get().equals(own)) {
            throw new PostgresException(
                    "the data directory holds the database "
                            + own
                            + ", howdah.yaml awaits "
                            + awaited.get(),
                    "correct postgres.system-identifier or postgres.data-directory in howdah.yaml, and"
                            + " restart this agent");
        }
        if (state.paused() != null) {
            throw new PostgresException(
                    "the cluster is paused: nothing is stopped or started",
                    "`howdah resume` ends the pause");
        }
        SystemId agreed = state.systemId();
        if (agreed == null) {
            requireFirst(state, self, candidate);
        } else if (agreed.equals(own)) {
            requireFollower(state, candidate);
        } else {
            throw new PostgresException(
                    "the cluster holds the database "
                            + agreed
                            + ", the data directory another one, "
                            + own,
                    "adopt it in a cluster of its own, whose howdah.yaml names it as"
                            + " postgres.system-identifier on every node");
        }
    }

    private static void requireFirst(ClusterState state, NodeName self, Candidate candidate) {
        if (candidate.role() == AdoptionOrder.Role.STANDBY) {
            throw new PostgresException(
                    "the data directory is a standby's, and its primary is not adopted yet",
                    "adopt the primary first: run `howdah adopt` with that node's name");
        }
        if (!(state.lease() instanceof Lease.Vacant)) {
            throw new PostgresException(
                    "another node initialises the cluster with a new database",
                    "stop the agents, empty the directories of the new cluster, and name this"
                            + " database as postgres.system-identifier in every howdah.yaml");
        }
        Member member = state.members().get(self);
        if (member != null && member.tags().nofailover()) {
            throw new PostgresException(
                    self + " is nofailover, so it could not lead, and nobody else has the data",
                    "take the tag out of its howdah.yaml and restart its agent");
        }
    }

    private static void requireFollower(ClusterState state, Candidate candidate) {
        HistoryEntry adoption =
                Adoptions.of(state)
                        .orElseThrow(() ->
                                new PostgresException(
                                        "the cluster has gone on for too long since its database was"
                                                + " adopted, if it was",
                                        EMPTY));
        TimelineId current = candidate.end().history().current();
        if (candidate.role() == AdoptionOrder.Role.STANDBY) {
            if (current.compareTo(adoption.timeline()) > 0) {
                throw new PostgresException(
                        "the standby is on timeline "
                                + current
                                + ", its primary was adopted on "
                                + adoption.timeline()
                                + ": it was promoted, or followed somebody who was",
                        EMPTY);
            }
            return;
        }
        Announcement leader = state.announcement();
        boolean left =
                !candidate.running()
                        && current.compareTo(adoption.timeline()) < 0
                        && leader != null
                        && leader.history()
                                .contains(candidate.end().history(), candidate.end().lsn());
        if (!left) {
            throw new PostgresException(
                    "the data directory is a second primary's of the same database: what was written"
                            + " there may be nowhere else",
                    EMPTY);
        }
    }
}
