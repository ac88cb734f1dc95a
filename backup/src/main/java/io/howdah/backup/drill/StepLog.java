package io.howdah.backup.drill;

import io.howdah.backup.BackupException;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.wire.WireException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The steps of a drill, as they are done. What goes wrong in one is written down with it. Not
/// thread-safe.
final class StepLog {

    /// What a step finds wrong; nothing when all is as it must be.
    @FunctionalInterface
    interface Work {
        List<String> run();
    }

    private final List<DrillStep> steps = new ArrayList<>();
    private final Consumer<String> listener;

    /// @param listener hears what is done next
    StepLog(Consumer<String> listener) {
        this.listener = listener;
    }

    /// Does a step.
    ///
    /// @return whether it has passed
    boolean step(String what, String byHand, Work work) {
        listener.accept(what);
        long begun = System.nanoTime();
        List<String> findings = findings(work);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        boolean passed = findings.isEmpty();
        steps.add(
                new DrillStep(
                        what,
                        passed ? DrillStep.Outcome.PASSED : DrillStep.Outcome.FAILED,
                        millis,
                        findings,
                        byHand));
        return passed;
    }

    private static List<String> findings(Work work) {
        try {
            return work.run();
        } catch (UncheckedIOException e) {
            return List.of(e.getMessage() + ": " + e.getCause());
        } catch (BackupException | PostgresException | WireException e) {
            return List.of(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /// Does what is no step, unless it goes wrong.
    ///
    /// @return whether it has passed
    boolean quietly(String what, String byHand, Work work) {
        List<String> findings = findings(work);
        findings.forEach(each -> failed(what, each, byHand));
        return findings.isEmpty();
    }

    /// A step that has failed.
    void failed(String what, String why, String byHand) {
        steps.add(new DrillStep(what, DrillStep.Outcome.FAILED, 0, List.of(why), byHand));
    }

    /// A step that cannot be done here.
    void skipped(String what, String why, String byHand) {
        steps.add(new DrillStep(what, DrillStep.Outcome.SKIPPED, 0, List.of(why), byHand));
    }

    List<DrillStep> steps() {
        return List.copyOf(steps);
    }

    boolean allPassed() {
        return steps.stream().noneMatch(step -> step.outcome() == DrillStep.Outcome.FAILED);
    }
}
