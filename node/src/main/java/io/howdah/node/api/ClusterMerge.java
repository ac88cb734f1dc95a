package io.howdah.node.api;

import io.howdah.postgres.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Puts what the members say now over what was agreed. Pure.
final class ClusterMerge {

    private ClusterMerge() {}

    /// Whose acknowledgements count is taken from what was agreed, not from the member: one that is
    /// cut off from the others has not heard that they go on without it.
    ///
    /// @param agreed the members as they last reported
    /// @param live what members answered just now, by name; who is missing is unreachable
    static ClusterStatus merge(ClusterStatus agreed, Map<String, MemberStatus> live) {
        MemberStatus leader = agreed.leader() == null ? null : live.get(agreed.leader());
        Lsn end = leader == null ? null : leader.lsn();
        var members = new ArrayList<MemberStatus>();
        for (MemberStatus last : agreed.members()) {
            MemberStatus now = live.get(last.name());
            members.add(
                    now == null
                            ? last.withState(MemberState.UNREACHABLE, "its agent does not answer")
                                    .withLagBytes(null)
                            : now.withLagBytes(lag(now, leader, end)).withSync(last.sync()));
        }
        // who is gone says more than that those who are left cannot agree
        String gone = hint(members);
        String hint = gone == null ? agreed.hint() : gone;
        return agreed.withMembers(members, hint);
    }

    /// Positions of two timelines cannot be compared; then the member's own figure stands.
    private static @Nullable Long lag(
            MemberStatus member, @Nullable MemberStatus leader, @Nullable Lsn end) {
        Lsn position = member.lsn();
        if (leader == null || end == null || position == null) {
            return member.lagBytes();
        }
        return Objects.equals(member.timeline(), leader.timeline())
                ? Long.valueOf(Math.max(0, end.bytesSince(position)))
                : member.lagBytes();
    }

    private static @Nullable String hint(List<MemberStatus> members) {
        List<String> gone =
                members.stream()
                        .filter(member -> member.state() == MemberState.UNREACHABLE)
                        .map(MemberStatus::name)
                        .toList();
        int majority = members.size() / 2 + 1;
        if (members.size() - gone.size() >= majority) {
            return null;
        }
        return "only "
                + (members.size() - gone.size())
                + " of "
                + members.size()
                + " nodes can be reached and "
                + majority
                + " are needed to agree on a primary: start `howdah node` on "
                + String.join(", ", gone)
                + ", or mend the network to them";
    }
}
