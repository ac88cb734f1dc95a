package io.howdah.backup.drill;

import io.howdah.backup.restore.ScratchPlace;
import java.util.List;

/// What a drill does. Immutable.
///
/// @param scratch where the copy goes, which nothing is yet; deleted after it, but for `keep`
/// @param goals what it has to achieve
/// @param assertions what has to be true of the copy
/// @param keep whether the copy stays there, stopped
/// @param workers how many threads write files, 1 to 64
public record DrillRequest(
        ScratchPlace scratch,
        DrillGoals goals,
        List<Assertion> assertions,
        boolean keep,
        int workers) {

    public DrillRequest {
        assertions = List.copyOf(assertions);
    }
}
