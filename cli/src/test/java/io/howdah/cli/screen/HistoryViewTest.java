package io.howdah.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.ForcedFailoverRow;
import io.howdah.node.api.HistoryRow;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryViewTest {

    @Test
    void everyChangeIsARowWithItsReasonAndOutage() {
        var rows =
                List.of(
                        new HistoryRow(
                                1,
                                TimelineId.FIRST,
                                null,
                                "n1",
                                "bootstrap",
                                Instant.parse("2026-03-01T10:00:00Z"),
                                null),
                        new HistoryRow(
                                4,
                                new TimelineId(4),
                                Lsn.parse("0/5000A10"),
                                "n2",
                                "crashed",
                                Instant.parse("2026-03-01T10:05:00.25Z"),
                                412L));

        assertThat(String.join("\n", HistoryView.lines(rows, ZoneOffset.UTC, false)))
                .isEqualTo(
                        """
                        AT                       EPOCH  TL  PRIMARY  REASON     SWITCH LSN  OUTAGE
                        2026-03-01 10:00:00.000      1   1  n1       bootstrap
                        2026-03-01 10:05:00.250      4   4  n2       crashed     0/5000A10  412 ms\
                        """);
    }

    @Test
    void aForcedFailoverIsSpelledOut() {
        var forced =
                new ForcedFailoverRow(
                        4,
                        "n2",
                        "alice",
                        Instant.parse("2026-03-01T10:05:00Z"),
                        List.of("n3", "n1"),
                        Lsn.parse("0/5000000"),
                        Lsn.parse("0/5000A10"),
                        2_576L);
        var row =
                new HistoryRow(
                        4,
                        new TimelineId(4),
                        Lsn.parse("0/5000000"),
                        "n2",
                        "forced to n2 by alice, data loss allowed",
                        Instant.parse("2026-03-01T10:05:00.25Z"),
                        412L,
                        List.of(forced));

        assertThat(String.join("\n", HistoryView.lines(List.of(row), ZoneOffset.UTC, false)))
                .contains("alice forced n2 at 2026-03-01 10:05:00")
                .contains("votes missing: n3, n1")
                .contains("0/5000000 to 0/5000A10");
    }

    @Test
    void emptyHistoryIsSaidInWords() {
        assertThat(HistoryView.lines(List.of(), ZoneOffset.UTC, false))
                .singleElement()
                .asString()
                .contains("nothing yet");
    }
}
