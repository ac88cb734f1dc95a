package io.howdah.cli.demo;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.cluster.deadman.SwitchFiles;
import io.howdah.node.beside.BesideFiles;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.ProcessTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The processes of a running demo, node by node, for who hurts them on purpose. Looks anew at each
/// call; thread-safe. What is handed out is to be closed.
public final class DemoProcesses {

    private final DemoDirectory directory;
    private final DemoSettings settings;

    /// @param directory of a demo
    /// @throws CommandFailure when there is none
    public DemoProcesses(DemoDirectory directory) {
        this.directory = directory;
        this.settings = directory.requireSettings();
    }

    /// Makes sure that somebody starts killed nodes again.
    ///
    /// @throws CommandFailure when the demo does not run, or was told not to
    public void requireSupervised() {
        ProcessMark supervisor = directory.read().supervisor();
        if (supervisor == null || !supervisor.runs() || !directory.lock().isHeld()) {
            throw CommandFailure.failed(
                    "the demo in " + directory.path() + " does not run",
                    "start it: `howdah demo --detach --directory " + directory.path() + "`");
        }
        if (ProcessTable.title(supervisor.pid()).contains("--no-restart")) {
            throw CommandFailure.failed(
                    "the demo in "
                            + directory.path()
                            + " does not start killed nodes again (--no-restart)",
                    "stop it with `howdah demo stop` and start it without --no-restart");
        }
    }

    /// The node's agent, while it runs.
    ///
    /// @param node from 1
    public Optional<ProcessGrip> agent(int node) {
        ProcessMark mark = directory.read().processes().get("n" + node);
        return mark == null || !mark.runs() ? Optional.empty() : ProcessGrip.on(mark.pid());
    }

    /// The node's postmaster, while it runs.
    public Optional<ProcessGrip> postmaster(int node) {
        return LeftoverPostgres.in(settings.nodeDirectory(node)).stream()
                .findFirst()
                .flatMap(postgres -> ProcessGrip.on(postgres.postmaster().pid()));
    }

    /// The node's dead man's switch, while it runs.
    public Optional<ProcessGrip> deadMansSwitch(int node) {
        return new SwitchFiles(settings.nodeDirectory(node)).running();
    }

    /// All processes of the node: its agent, its dead man's switch, what runs beside it and its
    /// PostgreSQL's, in this order.
    public List<ProcessGrip> all(int node) {
        var all = new ArrayList<ProcessGrip>();
        agent(node).ifPresent(all::add);
        all.addAll(new SwitchFiles(settings.nodeDirectory(node)).all());
        for (BesideFiles files : BesideFiles.all(settings.nodeDirectory(node))) {
            all.addAll(files.all());
        }
        var data =
                new DataDirectory(
                        settings.nodeDirectory(node).resolve("postgres").resolve("data"),
                        OperatingSystemUser.forPostgres());
        for (long pid : new ServerProcesses(data).running()) {
            ProcessGrip.on(pid).ifPresent(all::add);
        }
        return all;
    }
}
