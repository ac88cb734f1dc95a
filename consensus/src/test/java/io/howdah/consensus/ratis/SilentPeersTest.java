package io.howdah.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.CandidateInfoProto;
import org.apache.ratis.proto.RaftProtos.FollowerInfoProto;
import org.apache.ratis.proto.RaftProtos.LeaderInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class SilentPeersTest {

    private static final Set<String> OTHERS = Set.of("n2", "n3");

    private final SilentPeers silent =
            new SilentPeers(Duration.ofSeconds(1), Duration.ofSeconds(2));

    private static long at(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static ServerRpcProto heardOf(String peer, long agoMillis) {
        return ServerRpcProto.newBuilder()
                .setId(RaftPeerProto.newBuilder().setId(ByteString.copyFromUtf8(peer)))
                .setLastRpcElapsedTimeMs(agoMillis)
                .build();
    }

    private static RoleInfoProto leader(ServerRpcProto... followers) {
        LeaderInfoProto.Builder leader = LeaderInfoProto.newBuilder();
        for (ServerRpcProto follower : followers) {
            leader.addFollowerInfo(follower);
        }
        return RoleInfoProto.newBuilder().setLeaderInfo(leader).build();
    }

    private static RoleInfoProto follower(String leader) {
        return RoleInfoProto.newBuilder()
                .setFollowerInfo(FollowerInfoProto.newBuilder().setLeaderInfo(heardOf(leader, 0)))
                .build();
    }

    private static RoleInfoProto candidate() {
        return RoleInfoProto.newBuilder()
                .setCandidateInfo(CandidateInfoProto.getDefaultInstance())
                .build();
    }

    @Test
    void leaderConnectsAnewToTheFollowerThatDoesNotAnswer() {
        assertThat(silent.look(OTHERS, leader(heardOf("n2", 1200), heardOf("n3", 300)), at(0)))
                .containsExactly("n2");
    }

    @Test
    void silentPeerIsGivenTimeToAnswer() {
        RoleInfoProto role = leader(heardOf("n2", 5000), heardOf("n3", 300));

        assertThat(silent.look(OTHERS, role, at(0))).containsExactly("n2");
        assertThat(silent.look(OTHERS, role, at(1900))).isEmpty();
        assertThat(silent.look(OTHERS, role, at(2100))).containsExactly("n2");
    }

    @Test
    void followerWithALeaderLeavesItsConnectionsAlone() {
        assertThat(silent.look(OTHERS, follower("n2"), at(0))).isEmpty();
        assertThat(silent.look(OTHERS, follower("n2"), at(60_000))).isEmpty();
    }

    /// Whoever stands again and again is a follower without a leader in between.
    @Test
    void whoHearsOfNoLeaderConnectsToAllAnew() {
        assertThat(silent.look(OTHERS, candidate(), at(0))).isEmpty();
        assertThat(silent.look(OTHERS, follower(""), at(600))).isEmpty();
        assertThat(silent.look(OTHERS, candidate(), at(1100))).containsExactly("n2", "n3");
        assertThat(silent.look(OTHERS, follower(""), at(1600))).isEmpty();
    }

    @Test
    void timeWithoutALeaderCountsFromTheLastOne() {
        assertThat(silent.look(OTHERS, candidate(), at(0))).isEmpty();
        assertThat(silent.look(OTHERS, follower("n3"), at(900))).isEmpty();
        assertThat(silent.look(OTHERS, candidate(), at(1500))).isEmpty();
    }

    @Test
    void whoIsNotInAGroupConnectsToNobody() {
        assertThat(silent.look(Set.of(), RoleInfoProto.getDefaultInstance(), at(5000))).isEmpty();
    }
}
