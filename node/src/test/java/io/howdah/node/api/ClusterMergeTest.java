package io.howdah.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ClusterMergeTest {

    private static final MemberStatus LEADER = at("n1", MemberRole.PRIMARY, 3, "0/5000000", 0L);

    @Test
    void lagIsTheDistanceBetweenWhatBothSaidNow() {
        MemberStatus behind = at("n2", MemberRole.REPLICA, 3, "0/4FFFF00", 9L);
        assertThat(lagOf(behind, LEADER)).isEqualTo(256);
    }

    @Test
    void replicaThatWasAskedLaterThanThePrimaryIsNotAhead() {
        MemberStatus ahead = at("n2", MemberRole.REPLICA, 3, "0/5000100", 9L);
        assertThat(lagOf(ahead, LEADER)).isZero();
    }

    @Test
    void positionsOnTwoTimelinesAreNotCompared() {
        MemberStatus branch = at("n2", MemberRole.REPLICA, 2, "0/4FFFF00", 9L);
        assertThat(lagOf(branch, LEADER)).isEqualTo(9);
    }

    @Test
    void withoutThePrimaryTheMembersOwnFigureStands() {
        MemberStatus behind = at("n2", MemberRole.REPLICA, 3, "0/4FFFF00", null);
        ClusterStatus merged =
                ClusterMerge.merge(agreed(null, LEADER, behind), Map.of("n2", behind));
        assertThat(merged.members().get(0).state()).isEqualTo(MemberState.UNREACHABLE);
        assertThat(merged.members().get(0).role()).isEqualTo(MemberRole.PRIMARY);
        assertThat(merged.members().get(1).lagBytes()).isNull();
    }

    @Test
    void whoIsGoneIsSaidBeforeWhatTheRestCannotDo() {
        String hint = "the nodes cannot agree";
        assertThat(ClusterMerge.merge(agreed(hint, LEADER), Map.of()).hint())
                .startsWith("only 0 of 1 nodes can be reached and 1 are needed");
        assertThat(ClusterMerge.merge(agreed(hint, LEADER), Map.of("n1", LEADER)).hint())
                .isEqualTo(hint);
        assertThat(ClusterMerge.merge(agreed(null, LEADER), Map.of("n1", LEADER)).hint()).isNull();
    }

    @Test
    void whoseAcknowledgementsCountIsWhatWasAgreedNotWhatAMemberBelieves() {
        MemberStatus cutOff = at("n2", MemberRole.REPLICA, 3, "0/4FFFF00", null);
        ClusterStatus agreed = agreed(null, LEADER, cutOff.withSync(false));
        assertThat(
                        ClusterMerge.merge(agreed, Map.of("n2", cutOff.withSync(true)))
                                .members()
                                .get(1)
                                .sync())
                .isFalse();
    }

    private static @Nullable Long lagOf(MemberStatus member, MemberStatus leader) {
        return ClusterMerge.merge(agreed(null, leader, member), Map.of("n1", leader, "n2", member))
                .members()
                .get(1)
                .lagBytes();
    }

    private static ClusterStatus agreed(@Nullable String hint, MemberStatus... members) {
        return new ClusterStatus("demo", 7, "n1", false, List.of(members), hint);
    }

    private static MemberStatus at(
            String name, MemberRole role, long timeline, String lsn, @Nullable Long lagBytes) {
        return new MemberStatus(
                name,
                role,
                MemberState.RUNNING,
                false,
                new TimelineId(timeline),
                Lsn.parse(lsn),
                null,
                lagBytes,
                null,
                null,
                "http://127.0.0.1:1",
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
