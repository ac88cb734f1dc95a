package io.howdah.backup.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.CountingStore;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.postgres.SystemId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrillReportsTest {

    private static final Instant FIRST = Instant.parse("2026-11-28T22:15:00Z");

    @Test
    void lookForANewerReportIsOneList() {
        var store = new CountingStore(new MemoryStore());
        var reports = new DrillReports(Repository.openOrMake(store, new SystemId(7301)));
        DrillReport first = report("20261128-221500-000000");
        DrillReport second = report("20261129-221500-000000");
        assertThat(reports.newest()).isEmpty();
        reports.publish(first);
        assertThat(reports.newest()).contains(first);

        forget(store);
        assertThat(reports.newest(first)).contains(first);
        assertThat(store.lists()).isOne();
        assertThat(store.gets()).isZero();

        reports.publish(second);
        assertThat(reports.newest(first)).contains(second);
        store.delete(new ObjectName(DrillReports.place(second) + ".json"));
        assertThat(reports.newest(second)).as("what is gone is not told on").contains(first);
    }

    private static void forget(CountingStore store) {
        int _ = store.lists() + store.gets();
    }

    private static DrillReport report(String id) {
        return new DrillReport(
                DrillReport.FORMAT,
                id,
                true,
                FIRST,
                FIRST,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of());
    }
}
