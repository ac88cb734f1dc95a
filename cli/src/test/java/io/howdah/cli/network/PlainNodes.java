package io.howdah.cli.network;

import io.howdah.cli.demo.ProgramUnderTest;
import io.howdah.cli.host.VirtualNetwork;
import io.howdah.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Each node is a process of its own that nobody starts again. For one thread.
final class PlainNodes implements NodeRunner {

    private final VirtualNetwork network;
    private final Path folder;
    private final List<Process> agents = new ArrayList<>();

    /// @param folder for what they write
    PlainNodes(VirtualNetwork network, Path folder) {
        this.network = network;
        this.folder = folder;
    }

    @Override
    public String data() {
        return folder.resolve("data").toString();
    }

    @Override
    public void start(String node, Path made) throws IOException {
        var command = new ArrayList<>(List.of("setsid"));
        command.addAll(network.command(node));
        command.addAll(ProgramUnderTest.nodeCommand());
        command.addAll(
                List.of(
                        "node",
                        "--config",
                        made.resolve("howdah.yaml").toString(),
                        "--log-file",
                        log(node).toString()));
        agents.add(
                new ProcessBuilder(command)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(node).toFile()))
                        .start());
    }

    @Override
    public Path log(String node) {
        return folder.resolve(node + ".log");
    }

    /// In order.
    @Override
    public void close() {
        agents.forEach(Process::destroy);
        Await.until("the nodes stop", () -> agents.stream().noneMatch(Process::isAlive));
    }
}
