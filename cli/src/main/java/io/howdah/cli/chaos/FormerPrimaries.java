package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Sightings;
import io.howdah.cli.chaos.check.Violation;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Judges answers of a primary when a newer one had answered already: it must have ended before
/// that, by its agent or by the dead man's switch beside it.
final class FormerPrimaries {

    /// Where the switch itself is stopped or gone, PostgreSQL lives until it is back.
    private static final Set<FaultKind> WITHOUT_SWITCH =
            EnumSet.of(FaultKind.FREEZE_HOST, FaultKind.KILL_SWITCH);

    /// How long such a fault counts after its end.
    private static final long AFTER_MILLIS = 5_000;

    private FormerPrimaries() {}

    /// What a former primary answered too late, and no fault excuses.
    ///
    /// @param sightings of readers that have ended. By one clock a question was noted before it was
    ///   sent, and an answer after it had come: so one that was asked after a newer primary had
    ///   answered was asked after it for certain, on however busy a machine
    /// @param faults all that were done
    static Optional<Violation> judge(Sightings sightings, List<FaultRecord> faults) {
        List<Sightings.Stale> late =
                sightings.stale().stream()
                        .filter(answer -> answer.lateMillis() > 0)
                        .filter(answer ->
                                faults.stream().noneMatch(fault -> excuses(fault, answer)))
                        .toList();
        return late.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Violation(
                                "cluster",
                                "two primaries",
                                late.size(),
                                "a former primary answered %d times, first %s at %.1f s, %.1f s after a newer one"
                                        .formatted(
                                                late.size(),
                                                late.getFirst().member(),
                                                late.getFirst().atMillis() / 1000.0,
                                                late.getFirst().lateMillis() / 1000.0)));
    }

    private static boolean excuses(FaultRecord fault, Sightings.Stale answer) {
        Long length = fault.lengthMillis();
        long from = fault.sinceStartMillis();
        long until = from + (length == null ? 0 : length) + AFTER_MILLIS;
        return WITHOUT_SWITCH.contains(FaultKind.of(fault.kind()))
                && answer.member().equals(fault.node())
                && answer.atMillis() >= from
                && answer.atMillis() <= until;
    }
}
