package io.howdah.cli.network;

import io.howdah.cli.host.Tool;
import io.howdah.cli.host.VirtualNetwork;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/// Each node is the service of a host of its own that runs systemd, installed as docs/install.md
/// says and with the unit that is shipped. For one thread.
final class SystemdNodes implements NodeRunner {

    private static final String PROGRAM = "/usr/lib/howdah";

    private final VirtualNetwork network;
    private final Path folder;
    private final Map<String, SystemdHost> hosts = new LinkedHashMap<>();

    /// @param folder for what they write; closing deletes it
    SystemdNodes(VirtualNetwork network, Path folder) {
        this.network = network;
        this.folder = folder;
    }

    /// The host of that name.
    SystemdHost host(String name) {
        return Objects.requireNonNull(hosts.get(name));
    }

    @Override
    public String data() {
        return "/var/lib/howdah";
    }

    /// Ends the test as skipped where this machine refuses such a host, and says why.
    @Override
    public void start(String node, Path made) throws IOException {
        Path home = Files.createDirectories(folder.resolve("hosts").resolve(node));
        Files.createDirectories(home.resolve("data"));
        Path program = Files.createDirectories(folder.resolve("program"));
        Files.createSymbolicLink(home.resolve("program"), program);
        Tool.run("cp", "-r", made.toString(), home.resolve("etc").toString());
        try {
            hosts.put(node, SystemdHost.start(node, network, home));
        } catch (IllegalStateException e) {
            skip(String.valueOf(e.getMessage()));
        }
        SystemdHost host = host(node);
        if (hosts.size() == 1) {
            // the others have it from there
            host.install(PROGRAM);
        }
        host.run("chown", "-R", "postgres:postgres", "/etc/howdah");
        host.run("systemctl", "enable", "--now", "howdah");
    }

    /// Says it itself, as Maven prints no reasons.
    static void skip(String why) {
        System.out.println("SKIPPED: the service is not tested under systemd: " + why);
        Assumptions.abort(why);
    }

    @Override
    public Path log(String node) {
        return host(node).file("/var/log/howdah/howdah.log");
    }

    /// A power cut for all hosts; deletes what they have written.
    @Override
    public void close() {
        hosts.values().forEach(SystemdHost::close);
        new DurableFiles(OperatingSystemUser.ourselves()).deleteTree(folder);
    }
}
