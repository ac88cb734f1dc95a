package io.howdah.cli.screen;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What is different between two statuses, one line each, for those who read a log instead of a
/// screen. Positions and lags change all the time and are left out. Pure.
public final class StatusChanges {

    private StatusChanges() {}

    /// The changes from `before` (null: nothing is known yet) to `now`.
    public static List<String> between(@Nullable ClusterStatus before, ClusterStatus now) {
        var lines = new ArrayList<String>();
        for (MemberStatus member : now.members()) {
            String line = describe(member);
            MemberStatus earlier = before == null ? null : find(before, member.name());
            if (earlier == null || !describe(earlier).equals(line)) {
                lines.add(line);
            }
        }
        if (before == null
                || before.epoch() != now.epoch()
                || !Objects.equals(before.leader(), now.leader())) {
            String leader = now.leader();
            lines.add(
                    leader == null
                            ? "no leader, epoch " + now.epoch()
                            : "leader " + leader + ", epoch " + now.epoch());
        }
        if (now.paused() != (before != null && before.paused())) {
            lines.add(now.paused() ? "paused: no automatic failover" : "no longer paused");
        }
        String hint = now.hint();
        if (hint != null && (before == null || !hint.equals(before.hint()))) {
            hint.lines().forEach(lines::add);
        }
        return lines;
    }

    private static String describe(MemberStatus member) {
        var line =
                new StringBuilder(member.name())
                        .append(": ")
                        .append(member.role())
                        .append(' ')
                        .append(member.state());
        if (member.role() == MemberRole.REPLICA
                && member.state() == MemberState.RUNNING
                && member.sync()) {
            line.append(", sync");
        }
        if (member.timeline() != null) {
            line.append(", timeline ").append(member.timeline());
        }
        if (member.postgresPid() != null) {
            line.append(", postgres pid ").append(member.postgresPid());
        }
        return line.toString();
    }

    private static @Nullable MemberStatus find(ClusterStatus status, String name) {
        for (MemberStatus member : status.members()) {
            if (member.name().equals(name)) {
                return member;
            }
        }
        return null;
    }
}
