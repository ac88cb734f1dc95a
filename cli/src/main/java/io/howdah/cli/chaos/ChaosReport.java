package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Violation;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// All that a run has to say; its JSON is this record's. Immutable.
///
/// @param verdict `kept` or `broken`: whether every promise was
/// @param seed with the same one and the same kinds the same faults come again
/// @param howdah its version
/// @param postgres its version
/// @param nodes of the demo
/// @param cores of the machine, which the nodes and the clients share
/// @param loadAverages of the machine (one minute) at the beginning and at the end
/// @param began when the clients began
/// @param seconds from then until the last client ended
/// @param interrupted whether it was ended before its time
/// @param kinds the faults that were allowed
/// @param leftOut what this demo cannot be done, and why
/// @param faults in their order
/// @param outages of the faults that were done
/// @param workloads what their clients were told
/// @param disturbances how often clients were disturbed by what
/// @param readings how often members were read meanwhile, and how many of these came from a former
///   primary
/// @param violations none when all is well
/// @param tables `dropped`, or where they are
record ChaosReport(
        String verdict,
        long seed,
        String howdah,
        String postgres,
        int nodes,
        int cores,
        List<String> loadAverages,
        Instant began,
        long seconds,
        boolean interrupted,
        List<String> kinds,
        List<String> leftOut,
        List<FaultRecord> faults,
        Outages outages,
        List<Workload> workloads,
        Map<String, Integer> disturbances,
        Map<String, Integer> readings,
        List<Violation> violations,
        String tables) {

    static final String KEPT = "kept";
    static final String BROKEN = "broken";

    /// What one kind of work came to.
    ///
    /// @param localOnly acknowledged with the warning that the wait for the standbys was cancelled
    record Workload(
            String name, int clients, int acknowledged, int localOnly, int unknown, int refused) {}

    /// Outages as clients saw them.
    record Outages(long count, long medianMillis, long p95Millis, long maximumMillis) {

        static Outages of(List<FaultRecord> faults) {
            List<Long> millis =
                    faults.stream()
                            .filter(fault -> fault.result().equals(FaultRecord.DONE))
                            .map(FaultRecord::outageMillis)
                            .map(outage -> outage == null ? 0L : outage)
                            .sorted()
                            .toList();
            return millis.isEmpty()
                    ? new Outages(0, 0, 0, 0)
                    : new Outages(
                            millis.size(),
                            millis.get((millis.size() - 1) / 2),
                            millis.get((int) Math.ceil(0.95 * millis.size()) - 1),
                            millis.getLast());
        }
    }

    boolean isKept() {
        return verdict.equals(KEPT);
    }
}
