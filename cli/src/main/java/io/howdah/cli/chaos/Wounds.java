package io.howdah.cli.chaos;

import io.howdah.cli.demo.DemoProcesses;
import io.howdah.cli.demo.DemoSettings;
import io.howdah.node.api.MemberStatus;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// All that is done to a demo, and that is made good again. Thread-safe.
final class Wounds {

    private final ProcessWounds processes;
    private final Requests requests;
    private final @Nullable HostWounds hosts;

    /// @param target the same demo, as it describes itself
    /// @param told no answer is waited for any longer when it comes to 0
    Wounds(DemoProcesses processes, DemoSettings settings, Target target, CountDownLatch told) {
        this.processes = new ProcessWounds(processes, settings.nodes());
        this.requests = new Requests(target, told);
        this.hosts = settings.hosts().map(some -> new HostWounds(some, settings)).orElse(null);
    }

    /// Does a fault.
    ///
    /// @param victim whom it hits; null where it hits all
    Wound inflict(PlannedFault fault, @Nullable MemberStatus victim) throws InterruptedException {
        int node = victim == null ? 0 : Target.number(victim.name());
        if (fault.kind().needsHosts()) {
            return Objects.requireNonNull(hosts).inflict(fault, node);
        }
        if (fault.kind() == FaultKind.PAUSE) {
            return requests.pause(fault.number());
        }
        MemberStatus hit = Objects.requireNonNull(victim);
        if (fault.kind() == FaultKind.SWITCHOVER) {
            return requests.switchover(hit);
        }
        if (fault.kind() == FaultKind.RESTART) {
            return requests.restart(hit);
        }
        return processes.inflict(fault.kind(), node)
                ? Wound.done(null, () -> processes.thaw(node))
                : Wound.atOnce("its process did not run");
    }

    /// Makes everything good, also what a killed run has left.
    void healAll() {
        processes.thawAll();
        if (hosts != null) {
            hosts.healAll();
        }
        requests.endPauses();
    }
}
