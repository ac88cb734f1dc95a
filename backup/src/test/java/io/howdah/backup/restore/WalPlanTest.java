package io.howdah.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.manifest.ManifestSummary;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WalPlanTest {

    private static final int SEGMENT = 16 << 20;

    /// One record may have a gibibyte: 64 segments.
    @Test
    void whatLiesBehindTheTargetIsLeftOutWhereThatIsKnown() {
        assertThat(last(new RestoreTarget.Latest())).isEqualTo(segment(999));
        assertThat(last(new RestoreTarget.At(Instant.EPOCH))).isEqualTo(segment(999));
        assertThat(last(new RestoreTarget.Position(at(10)))).isEqualTo(segment(10 + 64));
        assertThat(last(new RestoreTarget.Position(at(990)))).isEqualTo(segment(999));
        assertThat(last(new RestoreTarget.Immediate())).isEqualTo(segment(2 + 64));
    }

    @Test
    void segmentInWhichATimelineIsLeftIsTheNextOnes() {
        TimelineId second = new TimelineId(2);
        TimelineHistory forked = TimelineHistory.startingAt(TimelineId.FIRST).then(at(3), second);

        assertThat(plan(forked, at(4)).segments(new RestoreTarget.Latest()))
                .containsExactly(
                        segment(1),
                        segment(2),
                        new WalSegment(second, 3, SEGMENT).name(),
                        new WalSegment(second, 4, SEGMENT).name());
        assertThat(plan(forked, at(3)).segments(new RestoreTarget.Latest()))
                .containsExactly(segment(1), segment(2), segment(3));
    }

    private static String last(RestoreTarget target) {
        List<String> segments = plan().segments(target);
        assertThat(segments.getFirst()).isEqualTo(segment(1));
        assertThat(segments).isSorted().doesNotHaveDuplicates();
        return segments.getLast();
    }

    private static Lsn at(long segment) {
        return new Lsn(segment * SEGMENT + 40);
    }

    private static String segment(long number) {
        return new WalSegment(TimelineId.FIRST, number, SEGMENT).name();
    }

    private static WalPlan plan() {
        return plan(TimelineHistory.startingAt(TimelineId.FIRST), at(999));
    }

    private static WalPlan plan(TimelineHistory line, Lsn reach) {
        var backup =
                new BackupRecord(
                        RepositoryIdentity.FORMAT,
                        "20261128-221500-0423f9",
                        new SystemId(7301),
                        "18.0",
                        false,
                        TimelineId.FIRST,
                        at(1),
                        at(2),
                        Instant.EPOCH,
                        Instant.EPOCH,
                        SEGMENT,
                        true,
                        List.of(),
                        0,
                        new ManifestSummary(1, 1, 1, 1, "", 1, ""),
                        new DamagedPages(0, List.of()),
                        LeftOutLinks.NONE);
        return new WalPlan(backup, line, reach, Set.of());
    }
}
