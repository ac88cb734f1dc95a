package io.howdah.backup.drill;

import java.util.List;

/// One step of a drill. Immutable.
///
/// @param what what was done
/// @param outcome how it went
/// @param millis how long it took
/// @param findings what is to be said of it; what was wrong, where it failed
/// @param byHand the command that does it by hand
public record DrillStep(
        String what, Outcome outcome, long millis, List<String> findings, String byHand) {

    /// How a step went.
    public enum Outcome {
        /// As it must.
        PASSED,
        /// Something is wrong.
        FAILED,
        /// It cannot be done here; the findings say why.
        SKIPPED
    }

    public DrillStep {
        findings = List.copyOf(findings);
    }
}
