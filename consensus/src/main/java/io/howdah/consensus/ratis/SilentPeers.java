package io.howdah.consensus.ratis;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.jspecify.annotations.Nullable;

/// Which peers are to be connected to anew. A connection whose packets were lost for a while sends
/// again after a pause that the kernel doubles each time: up to as long as the network was away,
/// once that is over. A new connection goes through at once.
///
/// Pure; for one thread.
final class SilentPeers {

    private final long silentNanos;
    private final long againNanos;
    private final Map<String, Long> lastReset = new HashMap<>();
    private @Nullable Long leaderlessSince;

    /// @param silent how long a peer says nothing before it is connected to anew
    /// @param again how long it is then given
    SilentPeers(Duration silent, Duration again) {
        this.silentNanos = silent.toNanos();
        this.againNanos = again.toNanos();
    }

    /// Those to connect to anew now. A leader knows of each follower how long it has been silent;
    /// who hears of no leader may need any other peer, to be elected.
    ///
    /// @param others the peers of the group but this one
    /// @param role what this peer does in the group
    List<String> look(Set<String> others, RoleInfoProto role, long nowNanos) {
        lastReset.keySet().retainAll(others);
        noteLeader(role, nowNanos);
        return others.stream()
                .filter(peer -> isSilent(peer, role, nowNanos))
                .filter(peer -> isDue(peer, nowNanos))
                .sorted()
                .toList();
    }

    /// Ratis' own clock of a follower begins anew with each vote that fails.
    private void noteLeader(RoleInfoProto role, long nowNanos) {
        boolean led =
                switch (role.getPeerInfoCase()) {
                    case LEADERINFO -> true;
                    case FOLLOWERINFO ->
                            !role.getFollowerInfo().getLeaderInfo().getId().getId().isEmpty();
                    case CANDIDATEINFO, PEERINFO_NOT_SET -> false;
                };
        if (led) {
            leaderlessSince = null;
        } else if (leaderlessSince == null) {
            leaderlessSince = nowNanos;
        }
    }

    private boolean isSilent(String peer, RoleInfoProto role, long nowNanos) {
        if (leaderlessSince != null) {
            return nowNanos - leaderlessSince > silentNanos;
        }
        return role.getLeaderInfo().getFollowerInfoList().stream()
                .filter(follower -> follower.getId().getId().toStringUtf8().equals(peer))
                .anyMatch(follower ->
                        Duration.ofMillis(follower.getLastRpcElapsedTimeMs()).toNanos()
                                > silentNanos);
    }

    private boolean isDue(String peer, long nowNanos) {
        Long last = lastReset.get(peer);
        if (last != null && nowNanos - last < againNanos) {
            return false;
        }
        lastReset.put(peer, nowNanos);
        return true;
    }
}
