package io.howdah.cli.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Hosts of their own on this machine, joined by a bridge. This machine itself is one more host,
/// [#OUTSIDE], with the same bridge in between. It outlives the process that made it. Immutable.
public final class VirtualNetwork implements AutoCloseable {

    /// This machine, as everybody else on the network: an application server, or the operator's.
    public static final String OUTSIDE = "outside";

    private static final String SWITCH = "switch";
    private static final int NETWORKS = 256;
    private static final int FIRST_HOST = 1;
    private static final int OUTSIDE_HOST = 254;

    private final String prefix;
    private final Map<String, Namespace> hosts = new LinkedHashMap<>();
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final Namespace bridge;
    private final String outsideDevice;
    private final Links links;

    /// Describes it; makes nothing.
    ///
    /// @param owner tells it from all others on this machine, 12 letters and digits at most; a
    ///   number is the process that makes it
    /// @param prefix of the addresses: the first three numbers and their dots
    /// @param names of the hosts, 253 at most
    public VirtualNetwork(String owner, String prefix, List<String> names) {
        this.prefix = prefix;
        for (String name : names) {
            hosts.put(name, Namespace.of(owner, name));
            addresses.put(name, prefix + (FIRST_HOST + addresses.size()));
        }
        addresses.put(OUTSIDE, prefix + OUTSIDE_HOST);
        bridge = Namespace.of(owner, SWITCH);
        outsideDevice = "hw" + owner;
        links = new Links(bridge, addresses);
    }

    /// Why this user cannot have such networks on this machine; empty: it can.
    public static Optional<String> obstacle() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("only root may make network namespaces");
        }
        Namespace probe = Namespace.of(Long.toString(ProcessHandle.current().pid()), "probe");
        try {
            probe.make();
            try {
                Tool.run(probe.command("ip", "link", "add", "bridge", "type", "bridge"));
                Tool.run(
                        probe.command(
                                "ip", "link", "add", "wire", "type", "veth", "peer", "name",
                                "end"));
                Tool.run(probe.command("tc", "qdisc", "show"));
                Tool.run(probe.command("nft", "-f", "-"), Loss.rules(List.of(), Map.of()));
            } finally {
                probe.remove();
            }
            return Optional.empty();
        } catch (IllegalStateException | UncheckedIOException e) {
            return Optional.of(
                    "it needs iproute2, nftables and a kernel with veth, bridge and nftables on it: "
                            + e.getMessage());
        }
    }

    /// Of the addresses that are set aside for tests of networks (RFC 2544), some that this machine
    /// does not use.
    ///
    /// @param hint equal ones are given equal addresses as long as these are free
    public static String freePrefix(long hint) {
        for (int i = 0; i < NETWORKS; i++) {
            String prefix = "198.18." + Math.floorMod(hint + i, NETWORKS) + ".";
            if (isFree(prefix)) {
                return prefix;
            }
        }
        throw new IllegalStateException("all of 198.18.0.0/16 is in use");
    }

    private static boolean isFree(String prefix) {
        return Tool.run("ip", "-oneline", "address", "show", "to", prefix + "0/24").isBlank();
    }

    /// Removes the networks that killed processes made for themselves.
    public static void removeLeftovers() {
        Namespace.removeLeftovers();
    }

    /// Makes it, or goes on with the one that is there. One that is there in parts only is made
    /// anew.
    ///
    /// @throws IllegalStateException when that is not possible, such as when somebody else has
    ///   these addresses
    public void open() {
        if (isWhole()) {
            return;
        }
        close();
        if (!isFree(prefix)) {
            throw new IllegalStateException(prefix + "0/24 is in use on this machine");
        }
        try {
            build();
        } catch (RuntimeException e) {
            closeAfter(e);
            throw e;
        }
    }

    /// The wire to this machine is the last that gets up.
    private boolean isWhole() {
        try {
            return bridge.exists()
                    && hosts.values().stream().allMatch(Namespace::exists)
                    && Files.exists(outsidePath())
                    && Files.readString(outsidePath().resolve("operstate")).strip().equals("up");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path outsidePath() {
        return Path.of("/sys/class/net", outsideDevice);
    }

    private void build() {
        bridge.make();
        Tool.run(bridge.command("ip", "link", "add", "bridge", "type", "bridge"));
        Tool.run(bridge.command("ip", "link", "set", "dev", "bridge", "up"));
        hosts.forEach((name, host) -> {
            host.make();
            Tool.run(host.command("ip", "link", "set", "dev", "lo", "up"));
            Tool.run(wire("eth0", name, "netns", host.name()));
            Tool.run(host.command("ip", "address", "add", address(name) + "/24", "dev", "eth0"));
            Tool.run(host.command("ip", "link", "set", "dev", "eth0", "up"));
        });
        Tool.run(wire(outsideDevice, OUTSIDE));
        for (String port : addresses.keySet()) {
            Tool.run(bridge.command("ip", "link", "set", "dev", port, "master", "bridge", "up"));
        }
        links.heal();
        Tool.run("ip", "address", "add", address(OUTSIDE) + "/24", "dev", outsideDevice);
        Tool.run("ip", "link", "set", "dev", outsideDevice, "up");
    }

    /// A wire from a device to the switch's port for that host.
    private List<String> wire(String device, String host, String... where) {
        var command = new ArrayList<>(List.of("ip", "link", "add", device));
        Collections.addAll(command, where);
        Collections.addAll(command, "type", "veth", "peer", "name", host, "netns", bridge.name());
        return command;
    }

    /// A host's address.
    public String address(String host) {
        String address = addresses.get(host);
        if (address == null) {
            throw new IllegalArgumentException("no host " + host);
        }
        return address;
    }

    /// Its wires.
    public Links links() {
        return links;
    }

    /// What runs a program on that host; the program and its arguments follow.
    public List<String> command(String host) {
        return host.equals(OUTSIDE) ? List.of() : namespaceOf(host).command();
    }

    private Namespace namespaceOf(String host) {
        Namespace namespace = hosts.get(host);
        if (namespace == null) {
            throw new IllegalArgumentException("no host " + host);
        }
        return namespace;
    }

    /// Starts a thread of this process on that host: the sockets that it makes are there. It must
    /// have ended before the network is closed.
    public Thread start(String host, String name, Runnable work) {
        return Thread.ofPlatform()
                .name(name)
                .daemon()
                .start(() -> {
                    if (!host.equals(OUTSIDE)) {
                        namespaceOf(host).enter();
                    }
                    work.run();
                });
    }

    private void closeAfter(RuntimeException cause) {
        try {
            close();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /// A power cut for all hosts: ends whatever runs there (SIGKILL) and removes what there is of
    /// the network.
    @Override
    public void close() {
        if (Files.exists(outsidePath())) {
            Tool.run("ip", "link", "delete", outsideDevice);
        }
        hosts.values().stream().filter(Namespace::exists).forEach(Namespace::remove);
        if (bridge.exists()) {
            bridge.remove();
        }
    }
}
