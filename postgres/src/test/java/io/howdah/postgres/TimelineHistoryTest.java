package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
class TimelineHistoryTest {

    private static final int LONGEST = 3;

    private static TimelineId timeline(long value) {
        return new TimelineId(value);
    }

    private static Lsn lsn(long value) {
        return new Lsn(value);
    }

    /// All histories over the timelines 1 to 4 with switches at 1 to 3 that rise.
    private static List<TimelineHistory> all() {
        List<TimelineHistory> all = new ArrayList<>();
        for (long first = 1; first <= 4; first++) {
            extend(TimelineHistory.startingAt(timeline(first)), 1, all);
        }
        return all;
    }

    private static void extend(TimelineHistory history, long from, List<TimelineHistory> all) {
        all.add(history);
        for (long next = history.current().value() + 1; next <= 4; next++) {
            for (long at = from; at <= LONGEST; at++) {
                extend(history.then(lsn(at), timeline(next)), at, all);
            }
        }
    }

    /// WAL as a list: which timeline each byte before `lsn` was written on. Bytes are numbered from
    /// 0, so a switch at n leaves the bytes 0 to n - 1 to the older timeline.
    private static List<Long> bytes(TimelineHistory history, long lsn) {
        List<Long> bytes = new ArrayList<>();
        for (long position = 0; position < lsn; position++) {
            long writer = history.current().value();
            for (TimelineHistory.Ended ended : history.ended().reversed()) {
                if (position < ended.switchLsn().value()) {
                    writer = ended.timeline().value();
                }
            }
            bytes.add(writer);
        }
        return bytes;
    }

    @Test
    void whatIsContainedIsAPrefixOfTheSameBytes() {
        int contained = 0;
        for (TimelineHistory ours : all()) {
            for (TimelineHistory theirs : all()) {
                for (long lsn = 0; lsn <= LONGEST + 1; lsn++) {
                    if (ours.contains(theirs, lsn(lsn))) {
                        contained++;
                        assertThat(bytes(ours, lsn))
                                .as("%s contains %s up to %d", ours, theirs, lsn)
                                .isEqualTo(bytes(theirs, lsn));
                    }
                }
            }
        }
        assertThat(contained).isPositive();
    }

    @Test
    void everyHistoryContainsItselfAndItsAncestorsUpToTheSwitch() {
        Map<TimelineHistory, Integer> seen = new HashMap<>();
        for (TimelineHistory history : all()) {
            seen.merge(history, 1, Integer::sum);
            assertThat(history.contains(history, lsn(99))).isTrue();
            Lsn end = history.ended().isEmpty() ? lsn(2) : history.ended().getLast().switchLsn();
            TimelineHistory next = history.then(lsn(end.value() + 1), timeline(9));
            assertThat(next.contains(history, lsn(end.value() + 1))).isTrue();
            assertThat(next.contains(history, lsn(end.value() + 2))).isFalse();
            assertThat(history.contains(next, lsn(end.value() + 1))).isFalse();
        }
        assertThat(seen.values()).allMatch(count -> count == 1);
    }

    @Test
    void aSiblingWithTheSameAncestorIsNotContained() {
        TimelineHistory root = TimelineHistory.startingAt(TimelineId.FIRST);
        TimelineHistory second = root.then(lsn(5), timeline(2));
        TimelineHistory third = root.then(lsn(5), timeline(3));
        assertThat(third.contains(second, lsn(5))).isFalse();
        assertThat(third.contains(second, lsn(4))).isFalse();
        assertThat(third.contains(root, lsn(5))).isTrue();
    }

    @Test
    void aHistoryFileIsRead() {
        TimelineHistory history =
                TimelineHistory.parse(
                        timeline(3),
                        """
                        1\t0/30000A0\tno recovery target specified

                        # a comment
                        2\t0/5000148\tno recovery target specified
                        """);
        assertThat(history.endOf(timeline(1))).contains(Lsn.parse("0/30000A0"));
        assertThat(history.endOf(timeline(3))).isEmpty();
        assertThat(history.includes(timeline(2))).isTrue();
        assertThat(history.includes(timeline(4))).isFalse();
        assertThat(history).hasToString("1@0/30000A0 → 2@0/5000148 → 3");
        assertThatThrownBy(() -> history.endOf(timeline(4)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void impossibleHistoriesAreRefused() {
        assertThatThrownBy(() -> TimelineHistory.parse(timeline(3), "2 0/5\n1 0/6\n"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TimelineHistory.parse(timeline(3), "1 0/5\n2 0/4\n"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TimelineHistory.parse(timeline(2), "2 0/5\n"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TimelineHistory.parse(timeline(2), "1\n"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TimelineHistory.parse(timeline(2), "x 0/5\n"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
