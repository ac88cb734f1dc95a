package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.fuzz.FuzzInput;
import java.util.stream.Collectors;

/// Any history file is read, or refused as an argument; and what was read is read the same again
/// from what PostgreSQL would write of it.
public final class TimelineHistoryFuzz {

    private TimelineHistoryFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        TimelineId timeline = new TimelineId(1 + input.next(65_536));
        TimelineHistory history;
        try {
            history = TimelineHistory.parse(timeline, input.restAsText());
        } catch (IllegalArgumentException e) {
            return;
        }
        String written =
                history.ended().stream()
                        .map(entry -> entry.timeline() + "\t" + entry.switchLsn() + "\tno reason\n")
                        .collect(Collectors.joining());
        assertThat(TimelineHistory.parse(timeline, written)).isEqualTo(history);
        assertThat(history.includes(timeline)).isTrue();
        assertThat(history.contains(history, Lsn.ZERO)).isTrue();
        for (TimelineHistory.Ended entry : history.ended()) {
            assertThat(history.endOf(entry.timeline())).contains(entry.switchLsn());
            assertThat(entry.timeline().value()).isLessThan(timeline.value());
        }
    }
}
