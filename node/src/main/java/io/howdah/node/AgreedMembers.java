package io.howdah.node;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Sync;
import io.howdah.consensus.Peer;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.configuration.NodeAddress;
import io.howdah.node.configuration.NodeConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who belongs to the cluster, and where each is reached: as they themselves reported it to the
/// agreed state. howdah.yaml is only the introduction: it counts for nodes that have not reported
/// yet. Immutable.
final class AgreedMembers {

    private final NodeConfiguration configuration;

    AgreedMembers(NodeConfiguration configuration) {
        this.configuration = configuration;
    }

    /// Those in howdah.yaml first, in its order, then the others by name.
    ///
    /// @param peers who takes part in consensus; empty before there is a group
    List<MemberStatus> of(ClusterState state, List<Peer> peers) {
        Set<String> agreeing = peers.stream().map(Peer::nodeName).collect(Collectors.toSet());
        List<MemberStatus> all = new ArrayList<>();
        Set<String> others = new TreeSet<>();
        state.members().keySet().forEach(node -> others.add(node.value()));
        configuration
                .nodes()
                .forEach((name, address) -> {
                    others.remove(name);
                    Member reported = state.members().get(new NodeName(name));
                    if (reported != null) {
                        all.add(reported(state, name, reported));
                    } else if (peers.isEmpty() || agreeing.contains(name)) {
                        all.add(introduced(name, address));
                    }
                });
        for (String name : others) {
            Member reported = state.members().get(new NodeName(name));
            if (reported != null) {
                all.add(reported(state, name, reported));
            }
        }
        return all;
    }

    /// Whether the commits of who leads count on that node: of all that is agreed, so a node that
    /// is cut off from the others may believe so of itself for longer.
    static boolean isSynchronous(ClusterState state, NodeName node) {
        Sync sync = state.sync();
        return sync != null
                && state.isHeldBy(sync.leader(), sync.epoch())
                && sync.voters().containsKey(node);
    }

    private MemberStatus reported(ClusterState state, String name, Member member) {
        String host = member.host().indexOf(':') >= 0 ? "[" + member.host() + "]" : member.host();
        return MemberStatus.unheardOf(
                        name,
                        member.witness() ? MemberRole.WITNESS : MemberRole.REPLICA,
                        member.witness() ? null : host + ":" + member.postgresPort(),
                        configuration.apiUrl(member.host(), member.apiPort()))
                .withSync(isSynchronous(state, new NodeName(name)));
    }

    private MemberStatus introduced(String name, NodeAddress address) {
        return MemberStatus.unheardOf(
                name,
                address.witness() ? MemberRole.WITNESS : MemberRole.REPLICA,
                address(address),
                configuration.apiUrl(address));
    }

    private static @Nullable String address(NodeAddress address) {
        Integer port = address.postgresPort();
        return port == null ? null : address.bracketedHost() + ":" + port;
    }
}
