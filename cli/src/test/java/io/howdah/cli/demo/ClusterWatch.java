package io.howdah.cli.demo;

import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Waits until a cluster of real processes is as a test needs it. Immutable.
///
/// @param client asks it, through any node
/// @param nodes how many it has
/// @param logs the end of every node's log, for a failed test
public record ClusterWatch(ApiClient client, int nodes, Supplier<String> logs) {

    /// Long enough for a machine that does other things as well.
    private static final long PATIENCE_SECONDS = 90;

    private static final long PAUSE_MILLIS = 100;

    /// Waits until a primary leads, all run, and the replicas are synchronous and on its timeline.
    public ClusterStatus awaitWhole() {
        return await("all run, the replicas synchronous", this::isWhole);
    }

    private boolean isWhole(ClusterStatus cluster) {
        String leader = cluster.leader();
        if (leader == null || cluster.members().size() != nodes) {
            return false;
        }
        MemberStatus primary = member(cluster, leader);
        return primary.timeline() != null
                && cluster.members().stream().allMatch(member -> isWell(member, primary));
    }

    private static boolean isWell(MemberStatus member, MemberStatus primary) {
        boolean leads = member.name().equals(primary.name());
        return member.state() == MemberState.RUNNING
                && switch (member.role()) {
                    case WITNESS -> true;
                    case UNKNOWN -> false;
                    case PRIMARY -> leads;
                    case REPLICA ->
                            !leads
                                    && member.sync()
                                    && Objects.equals(member.timeline(), primary.timeline());
                };
    }

    /// Waits until another node than `former` leads, in a later epoch, and runs.
    public ClusterStatus awaitSuccessor(ClusterStatus former) {
        return await(
                "another primary than " + former.leader(),
                cluster ->
                        cluster.epoch() > former.epoch()
                                && cluster.leader() != null
                                && !Objects.equals(cluster.leader(), former.leader())
                                && member(cluster, Objects.requireNonNull(cluster.leader())).role()
                                        == MemberRole.PRIMARY);
    }

    /// Waits until the cluster, asked through any node, is as told.
    public ClusterStatus await(String what, Predicate<ClusterStatus> condition) {
        return await(client, what, condition);
    }

    /// Waits until the cluster, asked through that client, is as told.
    public ClusterStatus await(ApiClient through, String what, Predicate<ClusterStatus> condition) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        Object latest = "nothing";
        while (System.nanoTime() < deadlineNanos) {
            try {
                ClusterStatus cluster = through.cluster();
                if (condition.test(cluster)) {
                    return cluster;
                }
                latest = cluster;
            } catch (ApiException e) {
                // Nobody answers for a moment: that is what is being waited out.
                latest = e;
            }
            pause();
        }
        throw new AssertionError(
                "not within %d s: %s\nseen last: %s\n%s"
                        .formatted(PATIENCE_SECONDS, what, latest, logs.get()));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /// The member of that name.
    public static MemberStatus member(ClusterStatus cluster, String name) {
        return cluster.members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /// The name of the node that leads.
    public static String leader(ClusterStatus cluster) {
        return Objects.requireNonNull(cluster.leader());
    }

    /// The timeline of the node that leads; known once it runs.
    public static int timeline(ClusterStatus cluster) {
        return Math.toIntExact(
                Objects.requireNonNull(member(cluster, leader(cluster)).timeline()).value());
    }

    /// The names of those that do not lead.
    public static List<String> others(ClusterStatus cluster) {
        return cluster.members().stream()
                .map(MemberStatus::name)
                .filter(name -> !name.equals(cluster.leader()))
                .toList();
    }
}
