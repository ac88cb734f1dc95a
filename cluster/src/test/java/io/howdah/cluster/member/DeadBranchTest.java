package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.WireException;
import io.howdah.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whoever holds WAL that the leader does not confirms nothing before it was rewound or copied, and
/// no two promotions take the same timeline: on real servers, where both lose acknowledged rows
/// otherwise.
class DeadBranchTest {

    private static final Epoch FIRST = new Epoch(1);
    private static final Duration LONG = Duration.ofHours(1);

    static Stream<Installation> installations() {
        return TestMember.installations();
    }

    @ParameterizedTest
    @MethodSource("installations")
    void whatADeadBranchHoldsIsNeverTakenForTheLeadersRows(Installation installation) {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.standby(N2, servers.upstream(N1, FIRST));
            servers.standby(N3, servers.upstream(N1, FIRST));
            servers.of(N1).enforce(servers.named(N2), FIRST);
            execute(servers, N1, "create table written (id bigint primary key, who text)");
            execute(servers, N1, "insert into written values (1, 'common')");

            Announcement second = promoteWhileAnotherFollowsTheOldPrimary(servers);
            assertFollowerOnTheDeadBranchConfirmsOnlyOnceItFollows(servers, second);

            Announcement fourth = promoteAfterAPromotionThatNobodySaw(servers);
            assertUnseenPrimaryGivesUpItsRows(servers, fourth);
        }
    }

    /// pg_rewind 15 does not see that such a one left the line: it says that there is nothing to
    /// do, and the server then refuses to start, or waits on its dead branch. Found by `howdah
    /// chaos`.
    @ParameterizedTest
    @MethodSource("installations")
    void winnerThatEndedRightAfterItsPromotionFollowsTheNext(Installation installation) {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.standby(N2, servers.upstream(N1, FIRST));
            servers.standby(N3, servers.upstream(N1, FIRST));
            servers.of(N1).enforce(servers.named(N2), FIRST);
            execute(servers, N1, "create table written (id bigint primary key, who text)");
            awaitFlushed(servers, N1, N3);
            servers.of(N3).cut();
            execute(
                    servers,
                    N1,
                    "insert into written select n, 'n1' from generate_series(1, 3000) as n");
            Position further = servers.of(N2).cut();
            servers.of(N1).kill();

            servers.of(N3).promote(new TimelineId(2), new InForce.Nobody(), new Epoch(2), () -> {});
            servers.of(N3).kill();
            Announcement leader = promote(servers, N2, further, 3, new InForce.Nobody());

            assertRejoinsFrom(new TimelineId(2), servers, leader);
        }
    }

    /// The former leader of n2 is back, as a standby of the next one, while n2's agent is away. To
    /// come to that one's timeline by way of it would look as if somebody had promoted n2 by hand.
    @ParameterizedTest
    @MethodSource("installations")
    void standbyWhoseAgentIsAwayDoesNotFollowItsFormerLeaderElsewhere(Installation installation) {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.standby(N2, servers.upstream(N1, FIRST));
            servers.standby(N3, servers.upstream(N1, FIRST));
            awaitFlushed(servers, N1, N2);
            awaitFlushed(servers, N1, N3);
            Position vote = servers.of(N3).cut();
            // n2 is not cut, and comes to hold WAL that the next leader does not
            execute(
                    servers,
                    N1,
                    "set synchronous_commit = local; create table unseen as select n from generate_series(1, 3000) as n");
            awaitFlushed(servers, N1, N2);
            servers.of(N1).kill();
            Announcement leader = promote(servers, N3, vote, 2, new InForce.Nobody());

            servers.rejoin(N1, servers.upstream(N3, leader.epoch()));
            servers.of(N1).keepSlots(Set.of(N2, N3), false);

            Await.until(
                    "n2 has asked its former leader",
                    () -> servers.log(N2).contains("server is in hot standby mode"));
            servers.restartAgent(N2);
            Position ended = servers.awaitPosition(N2);
            assertThat(ended.history().current()).isEqualTo(TimelineId.FIRST);
            assertThat(servers.of(N2).strayedFrom()).isEmpty();
            assertThat(leader.admits(ended, replayed(servers, N2, ended))).isFalse();
            servers.rejoin(N2, servers.upstream(N3, leader.epoch()));
            awaitFlushed(servers, N3, N2);
        }
    }

    /// n2 is cut off and leads; n3 has received more from n1, which nobody was told to be safe.
    private static Announcement promoteWhileAnotherFollowsTheOldPrimary(Servers servers) {
        Position vote = servers.of(N2).cut();
        execute(
                servers,
                N1,
                "set synchronous_commit = local; insert into written select n, 'zombie' from generate_series(100, 3000) as n");
        awaitFlushed(servers, N1, N3);
        servers.of(N1).kill();
        // its commits wait for n3 as it was when they last met
        return promote(servers, N2, vote, 2, servers.named(N3));
    }

    private static void assertFollowerOnTheDeadBranchConfirmsOnlyOnceItFollows(
            Servers servers, Announcement leader) {
        CompletableFuture<Void> commit =
                commit(servers, N2, "insert into written values (2, 'n2')");
        Position ahead = servers.of(N3).cut();
        assertThat(leader.admits(ahead, replayed(servers, N3, ahead))).isFalse();

        servers.rejoin(N3, servers.upstream(N2, leader.epoch()));

        // it has the row, and another incarnation than the one that is named: it confirms nothing
        awaitFlushed(servers, N2, N3);
        assertThat(commit).isNotDone();
        servers.of(N2).enforce(servers.named(N3), leader.epoch());
        commit.join();
        Await.until(
                "the row is on n3", () -> rows(servers, N3).equals(List.of("1 common", "2 n2")));
        assertThat(rows(servers, N2)).isEqualTo(rows(servers, N3));
    }

    /// n3 is promoted to timeline 3, writes, and dies before anybody follows. The next promotion
    /// leaves that number out, also on a server that has never seen it.
    private static Announcement promoteAfterAPromotionThatNobodySaw(Servers servers) {
        Position vote = servers.of(N3).cut();
        servers.of(N2).kill();
        Announcement unseen = promote(servers, N3, vote, 3, new InForce.Nobody());
        execute(
                servers,
                N3,
                "set synchronous_commit = local; insert into written select n, 'unseen' from generate_series(100, 120) as n");
        assertThat(unseen.history().current()).isEqualTo(new TimelineId(3));
        servers.of(N3).kill();

        servers.of(N2).startStandby(Optional.empty());
        Announcement leads =
                promote(servers, N2, servers.awaitPosition(N2), 4, new InForce.Nobody());
        assertThat(leads.history().current()).isEqualTo(new TimelineId(4));
        execute(
                servers,
                N2,
                "set synchronous_commit = local; insert into written select n, 'n2' from generate_series(100, 400) as n");
        return leads;
    }

    /// n3 is started on a branch that n2 does not continue; it is not let in as it is, and has n2's
    /// rows in the end.
    private static void assertRejoinsFrom(TimelineId dead, Servers servers, Announcement leader) {
        servers.of(N3).startStandby(Optional.empty());
        Position ended = servers.awaitPosition(N3);
        assertThat(ended.history().current()).isEqualTo(dead);
        assertThat(leader.admits(ended, replayed(servers, N3, ended))).isFalse();

        servers.rejoin(N3, servers.upstream(N2, leader.epoch()));
        servers.of(N2).enforce(servers.named(N3), leader.epoch());
        execute(servers, N2, "insert into written values (9999, 'acknowledged')");

        Await.until(
                "n3 has the same rows as its leader",
                () -> rows(servers, N3).equals(rows(servers, N2)));
    }

    private static void assertUnseenPrimaryGivesUpItsRows(Servers servers, Announcement leader) {
        assertRejoinsFrom(new TimelineId(3), servers, leader);
        assertThat(rows(servers, N3))
                .contains("9999 acknowledged", "100 n2")
                .noneMatch(row -> row.endsWith("unseen"));
    }

    /// As an agent does when it has won.
    private static Announcement promote(
            Servers servers, NodeName node, Position claimed, long number, InForce first) {
        Epoch epoch = new Epoch(number);
        TimelineHistory history =
                servers.of(node).promote(new TimelineId(number), first, epoch, () -> {});
        servers.of(node).checkpoint();
        servers.of(node).keepSlots(Set.of(N1, N2, N3), true);
        return new Announcement(epoch, node, history, claimed);
    }

    private static Lsn replayed(Servers servers, NodeName node, Position position) {
        return servers.of(node).status() instanceof LocalStatus.Standby standby
                ? new Lsn(position.lsn().value() - standby.replayLagBytes())
                : Lsn.ZERO;
    }

    private static void awaitFlushed(Servers servers, NodeName leader, NodeName follower) {
        Lsn end = servers.position(leader).lsn();
        Await.until(
                follower + " has flushed all that " + leader + " has",
                () ->
                        servers.of(leader).followers().stream()
                                .anyMatch(seen ->
                                        seen.name().node().equals(follower)
                                                && seen.flushed().isAtLeast(end)));
    }

    private static List<String> rows(Servers servers, NodeName node) {
        List<String> rows = new ArrayList<>();
        try (PostgresConnection session = PostgresConnection.open(servers.bySocket(node))) {
            session.query("select id, who from written order by id")
                    .forEach(row -> rows.add(row.longValue("id") + " " + row.text("who")));
        }
        return rows;
    }

    private static void execute(Servers servers, NodeName node, String sql) {
        try (PostgresConnection session = PostgresConnection.open(servers.bySocket(node))) {
            session.executeWithin(Await.PATIENCE, sql);
        }
    }

    /// Done when the client is told so; returns once the commit waits.
    private static CompletableFuture<Void> commit(Servers servers, NodeName node, String sql) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try (PostgresConnection session =
                            PostgresConnection.open(servers.bySocket(node))) {
                        session.executeWithin(LONG, sql);
                        done.complete(null);
                    } catch (WireException e) {
                        done.completeExceptionally(e);
                    }
                });
        try (PostgresConnection session = PostgresConnection.open(servers.bySocket(node))) {
            Await.until(
                    "it waits for standbys",
                    () ->
                            session.query(
                                            "select exists (select from pg_stat_activity where wait_event = 'SyncRep') as waits")
                                    .single()
                                    .booleanValue("waits"));
        }
        return done;
    }
}
