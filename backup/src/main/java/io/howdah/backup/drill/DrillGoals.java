package io.howdah.backup.drill;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a drill has to achieve. Immutable.
///
/// @param rto from the start to the first query at most; null: it is only measured
/// @param rpo from the newest restored commit to the newest acknowledged one at most; null: it is
///   only measured
public record DrillGoals(@Nullable Duration rto, @Nullable Duration rpo) {

    /// Nothing has to be achieved.
    public static final DrillGoals NONE = new DrillGoals(null, null);

    /// @throws IllegalArgumentException when a goal is not positive
    public DrillGoals {
        requirePositive("rto", rto);
        requirePositive("rpo", rpo);
    }

    private static void requirePositive(String what, @Nullable Duration goal) {
        if (goal != null && !goal.isPositive()) {
            throw new IllegalArgumentException("the " + what + " of a drill must be above 0");
        }
    }
}
