package io.howdah.cli.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/// The faults of a run, without an end: the same for the same seed and kinds, whatever the cluster
/// does meanwhile. Immutable.
///
/// @param seed decides everything
/// @param kinds what may be done; at least one
public record FaultPlan(long seed, List<FaultKind> kinds) {

    private static final double SHARE_OF_PRIMARY = 0.65;
    private static final double SHARE_OF_PATIENT = 0.75;

    /// Of openings: what matters is what comes before they have closed again.
    private static final double SHARE_OF_PATIENT_AFTER_OPENING = 0.25;

    private static final int PAUSE_MILLIS_MINIMUM = 300;
    private static final int PAUSE_MILLIS_MAXIMUM = 5_000;

    /// Around the lease of 2 s and its parts, where decisions fall.
    private static final List<Integer> LENGTH_MILLIS =
            List.of(300, 700, 1_200, 1_700, 2_200, 3_000, 5_000, 9_000);

    private static final int LENGTH_SPREAD_MILLIS = 400;

    /// What is felt only after a while lasts so much longer.
    private static final int GRADUAL_MILLIS = 10_000;

    private static final int CHOICES = 1_000;

    /// Makes neighbouring seeds and numbers unlike each other (the golden ratio of 2^64).
    private static final long STRIDE = 0x9E3779B97F4A7C15L;

    /// @throws IllegalArgumentException when there are no kinds
    public FaultPlan {
        kinds = List.copyOf(kinds);
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("no fault is allowed");
        }
    }

    /// The fault with that number.
    ///
    /// @param number from 1
    public PlannedFault fault(int number) {
        var chance = new Random((seed * STRIDE + number) * STRIDE);
        FaultKind kind = kinds.get(chance.nextInt(kinds.size()));
        boolean primary = chance.nextDouble() < SHARE_OF_PRIMARY;
        int which = chance.nextInt(CHOICES);
        int length =
                LENGTH_MILLIS.get(chance.nextInt(LENGTH_MILLIS.size()))
                        + chance.nextInt(LENGTH_SPREAD_MILLIS);
        int pause = chance.nextInt(PAUSE_MILLIS_MINIMUM, PAUSE_MILLIS_MAXIMUM);
        boolean patient =
                chance.nextDouble()
                        < (kind.isOpening() ? SHARE_OF_PATIENT_AFTER_OPENING : SHARE_OF_PATIENT);
        return new PlannedFault(
                number,
                kind,
                primary || kind == FaultKind.SWITCHOVER,
                which,
                Duration.ofMillis(kind.isGradual() ? length + GRADUAL_MILLIS : length),
                Duration.ofMillis(pause),
                patient,
                chance.nextInt(CHOICES));
    }
}
