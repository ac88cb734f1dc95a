package io.howdah.cli;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Progress;
import io.howdah.cli.screen.Screen;
import io.howdah.node.api.ActionReply;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.ApiJson;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.RestartRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Restarts members one at a time, each only while the cluster is whole: what was restarted
/// confirms commits again before the next one goes. Ends at the first that fails.
final class Restarts {

    private static final Duration WHOLE_WITHIN = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(250);

    private final ApiClient client;
    private final boolean inPlace;
    private final boolean json;

    /// @param client asks the cluster
    /// @param inPlace whether a primary is not handed over
    /// @param json whether to print the answers as they come
    Restarts(ApiClient client, boolean inPlace, boolean json) {
        this.client = client;
        this.inPlace = inPlace;
        this.json = json;
    }

    /// @param name null: all members
    /// @param pending only where a changed setting waits for it
    void restart(@Nullable String name, boolean pending) throws InterruptedException {
        ClusterStatus before = client.cluster();
        List<MemberStatus> members = name == null ? inOrder(before) : List.of(named(before, name));
        var replies = new ArrayList<ActionReply>();
        try (Progress progress = Progress.start(Screen.standardError(), "looking at the members")) {
            for (MemberStatus member : members) {
                if (!pending || name != null || member.pendingRestart()) {
                    progress.now("waiting until the other members are in order");
                    awaitOthers(before, member);
                    progress.now("restarting PostgreSQL of " + member.name());
                    replies.add(ask(member, pending, replies));
                }
            }
        }
        if (json) {
            Screen.standardOutput().print(ApiJson.writeIndented(replies));
        } else {
            Screen.standardOutput()
                    .print(
                            replies.isEmpty()
                                    ? List.of("no changed setting waits for a restart")
                                    : replies.stream().map(ActionReply::message).toList());
        }
    }

    private ActionReply ask(MemberStatus member, boolean pending, List<ActionReply> done) {
        try {
            return client.at(member.api())
                    .restart(new RestartRequest(member.name(), null, pending, inPlace));
        } catch (ApiException e) {
            // what was restarted before must not be hidden by what failed
            if (!json) {
                Screen.standardOutput().print(done.stream().map(ActionReply::message).toList());
            }
            throw e;
        }
    }

    /// The replicas, then the primary.
    private static List<MemberStatus> inOrder(ClusterStatus cluster) {
        return cluster.members().stream()
                .filter(member -> member.role() != MemberRole.WITNESS)
                .sorted(
                        Comparator.comparing(
                                (MemberStatus member) -> member.name().equals(cluster.leader())))
                .toList();
    }

    private static MemberStatus named(ClusterStatus cluster, String name) {
        return cluster.members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        CommandFailure.failed(
                                "there is no member " + name,
                                "the members are "
                                        + String.join(
                                                ", ",
                                                cluster.members().stream()
                                                        .map(MemberStatus::name)
                                                        .toList())));
    }

    /// Who was in order before must be so again, else one restart after the other could leave
    /// nobody who confirms commits.
    private void awaitOthers(ClusterStatus before, MemberStatus next) throws InterruptedException {
        long end = System.nanoTime() + WHOLE_WITHIN.toNanos();
        while (true) {
            ClusterStatus now = client.cluster();
            List<String> missing =
                    before.members().stream()
                            .filter(member -> !member.name().equals(next.name()))
                            .filter(member -> member.state() == MemberState.RUNNING)
                            .filter(member -> !isInOrder(now, member))
                            .map(MemberStatus::name)
                            .toList();
            if (missing.isEmpty() && now.leader() != null) {
                return;
            }
            if (System.nanoTime() - end >= 0) {
                throw CommandFailure.failed(
                        next.name()
                                + " was not restarted: "
                                + (now.leader() == null
                                        ? "there is no primary"
                                        : String.join(", ", missing) + " is not in order"),
                        "look at `howdah status`, then run the command again");
            }
            Thread.sleep(POLL);
        }
    }

    private static boolean isInOrder(ClusterStatus now, MemberStatus before) {
        return now.members().stream()
                .filter(member -> member.name().equals(before.name()))
                .anyMatch(member ->
                        member.state() == MemberState.RUNNING
                                && (member.sync()
                                        || !before.sync()
                                        || member.role() != MemberRole.REPLICA));
    }
}
