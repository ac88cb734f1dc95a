package io.howdah.cli.chaos;

import io.howdah.cli.demo.DemoProcesses;
import io.howdah.cli.demo.DemoSettings;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// All that is done to a demo against its will, and that is made good again. Thread-safe.
final class Wounds {

    private final ProcessWounds processes;
    private final @Nullable HostWounds hosts;

    Wounds(DemoProcesses processes, DemoSettings settings) {
        this.processes = new ProcessWounds(processes, settings.nodes());
        this.hosts = settings.hosts().map(some -> new HostWounds(some, settings)).orElse(null);
    }

    /// Does a fault that is a wound.
    ///
    /// @param node whom it hits, from 1; any number where it hits all
    /// @return empty when there was nothing to hurt
    Optional<Wound> inflict(PlannedFault fault, int node) {
        if (fault.kind().needsHosts()) {
            return Optional.of(Objects.requireNonNull(hosts).inflict(fault, node));
        }
        return processes.inflict(fault.kind(), node)
                ? Optional.of(new Wound(null, () -> processes.thaw(node)))
                : Optional.empty();
    }

    /// Makes everything good, also what a killed run has left.
    void healAll() {
        processes.thawAll();
        if (hosts != null) {
            hosts.healAll();
        }
    }
}
