package io.howdah.cli.screen;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.MemberTags;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Statuses for tests.
final class Statuses {

    private Statuses() {}

    static MemberStatus member(
            int i, MemberRole role, MemberState state, boolean sync, long lagBytes) {
        return new MemberStatus(
                "n" + i,
                role,
                state,
                sync,
                new TimelineId(3),
                Lsn.parse("0/5000A10"),
                null,
                lagBytes,
                "127.0.0.1:652" + i,
                null,
                "http://127.0.0.1:653" + i,
                100L + i,
                200L + i,
                "0.1.0",
                "18.6",
                null,
                null,
                null);
    }

    static MemberStatus tagged(MemberStatus member, MemberTags tags) {
        return new MemberStatus(
                member.name(),
                member.role(),
                member.state(),
                member.sync(),
                member.timeline(),
                member.lsn(),
                member.replayedLsn(),
                member.lagBytes(),
                member.postgres(),
                member.proxy(),
                member.api(),
                member.agentPid(),
                member.postgresPid(),
                member.version(),
                member.postgresVersion(),
                member.postgresBuild(),
                tags,
                member.note());
    }

    static ClusterStatus cluster(
            @Nullable String leader, @Nullable String hint, MemberStatus... members) {
        return new ClusterStatus("demo", 7, leader, false, List.of(members), hint);
    }
}
