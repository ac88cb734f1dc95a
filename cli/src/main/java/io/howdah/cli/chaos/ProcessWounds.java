package io.howdah.cli.chaos;

import io.howdah.cli.demo.DemoProcesses;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.ProcessTable;
import io.howdah.postgres.process.Signal;
import java.util.List;
import java.util.Optional;

/// Kills and freezes the processes of a demo's nodes, and lets what is frozen go on. Nodes that
/// were killed, or told to leave, are started again by the demo itself. Thread-safe.
final class ProcessWounds {

    /// A server that is being frozen may fork meanwhile.
    private static final int FREEZE_LOOKS = 5;

    private final DemoProcesses processes;
    private final int nodes;

    /// @param nodes how many the demo has
    ProcessWounds(DemoProcesses processes, int nodes) {
        this.processes = processes;
        this.nodes = nodes;
    }

    /// Does what kills or freezes processes, or tells them to leave.
    ///
    /// @return whether there was anything to hurt
    boolean inflict(FaultKind kind, int node) {
        return switch (kind) {
            case KILL_POSTGRES -> signal(processes.postmaster(node), Signal.KILL);
            case KILL_AGENT -> signal(processes.agent(node), Signal.KILL);
            case KILL_SWITCH -> signal(processes.deadMansSwitch(node), Signal.KILL);
            case RESTART_AGENT -> signal(processes.agent(node), Signal.LEAVE);
            case LOSE_HOST -> signalAll(node, Signal.KILL, false);
            case FREEZE_AGENT -> signal(processes.agent(node), Signal.STOP);
            case FREEZE_POSTGRES -> signal(processes.postmaster(node), Signal.STOP);
            case FREEZE_HOST -> freezeHost(node);
            case SWITCHOVER,
                    RESTART,
                    PAUSE,
                    CUT_HOST,
                    CUT_CONSENSUS,
                    CUT_LINK,
                    CUT_ONE_WAY,
                    FLAP,
                    SLOW_LINKS,
                    FILL_DISK ->
                    throw new IllegalArgumentException(kind + " hurts no process");
        };
    }

    private boolean freezeHost(int node) {
        boolean any = false;
        for (int look = 0; look < FREEZE_LOOKS; look++) {
            any |= signalAll(node, Signal.STOP, false);
        }
        return any;
    }

    /// Lets every frozen process of a node go on.
    ///
    /// @return whether there was one
    boolean thaw(int node) {
        return signalAll(node, Signal.CONTINUE, true);
    }

    /// Lets every frozen process of the demo go on.
    void thawAll() {
        for (int node = 1; node <= nodes; node++) {
            thaw(node);
        }
    }

    private static boolean signal(Optional<ProcessGrip> process, Signal signal) {
        return process.map(
                        grip -> {
                            try (grip) {
                                return grip.signal(signal);
                            }
                        })
                .orElse(false);
    }

    private boolean signalAll(int node, Signal signal, boolean frozenOnly) {
        boolean any = false;
        List<ProcessGrip> all = processes.all(node);
        // An agent that outlives its PostgreSQL, or goes on before it, would make good what is to
        // be suffered: so it is the first to fall and the last to rise.
        for (ProcessGrip grip : signal == Signal.CONTINUE ? all.reversed() : all) {
            try (grip) {
                if (!frozenOnly || isFrozen(grip)) {
                    any |= grip.signal(signal);
                }
            }
        }
        return any;
    }

    private static boolean isFrozen(ProcessGrip grip) {
        return ProcessTable.entry(grip.pid())
                .filter(entry -> entry.startTicks() == grip.startTicks())
                .filter(entry -> entry.state() == 'T')
                .isPresent();
    }
}
