package io.howdah.cli.network;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/// Hosts of their own on this machine, joined by a bridge that loses and delays what it is told to.
/// This machine itself is one more host, [#OUTSIDE], with the same bridge in between. Closing it is
/// a power cut for all hosts: whatever runs there is killed, and nothing is left. For one thread.
final class VirtualNetwork implements AutoCloseable {

    /// This machine, as everybody else on the network: an application server, or the operator's.
    static final String OUTSIDE = "outside";

    private static final String SWITCH = "switch";
    private static final int NETWORKS = 256;
    private static final int FIRST_HOST = 1;

    /// Of a slow link where there is no netem. Enough for the heartbeats of all.
    private static final String SLOW_RATE = "3mbit";

    private final Map<String, Namespace> namespaces = new LinkedHashMap<>();
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final List<Loss> losses = new ArrayList<>();
    private final String outsideDevice = "hw" + ProcessHandle.current().pid();
    private boolean slow;

    private VirtualNetwork() {}

    /// Makes one; ends the test as skipped, and says why, where this is not possible. Also removes
    /// what killed runs left.
    static VirtualNetwork of(List<String> hosts) {
        skipWhereImpossible();
        Namespace.removeLeftovers();
        var network = new VirtualNetwork();
        try {
            network.build(hosts);
            return network;
        } catch (RuntimeException e) {
            network.closeAfter(e);
            throw e;
        }
    }

    private static void skipWhereImpossible() {
        if (!"root".equals(System.getProperty("user.name"))) {
            skip("only root may make network namespaces");
        }
        try {
            Namespace probe = Namespace.make("probe");
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
        } catch (IllegalStateException | UncheckedIOException e) {
            skip(
                    "it needs iproute2, nftables and a kernel with veth, bridge and nftables on it: "
                            + e.getMessage());
        }
    }

    /// Says it itself, as Maven prints no reasons.
    private static void skip(String why) {
        System.out.println("SKIPPED: a network that breaks is not tested: " + why);
        Assumptions.abort(why);
    }

    private void build(List<String> hosts) {
        namespaces.put(SWITCH, Namespace.make(SWITCH));
        inNamespace(SWITCH, "ip", "link", "add", "bridge", "type", "bridge");
        inNamespace(SWITCH, "ip", "link", "set", "dev", "bridge", "up");
        String network = freeNetwork();
        for (String host : hosts) {
            Namespace namespace = Namespace.make(host);
            namespaces.put(host, namespace);
            addresses.put(host, network + (FIRST_HOST + addresses.size()));
            inNamespace(host, "ip", "link", "set", "dev", "lo", "up");
            Tool.run(wire("eth0", host, "netns", namespace.name()));
            inNamespace(host, "ip", "address", "add", addresses.get(host) + "/24", "dev", "eth0");
            inNamespace(host, "ip", "link", "set", "dev", "eth0", "up");
        }
        addresses.put(OUTSIDE, network + "254");
        Tool.run(wire(outsideDevice, OUTSIDE));
        Tool.run("ip", "address", "add", addresses.get(OUTSIDE) + "/24", "dev", outsideDevice);
        Tool.run("ip", "link", "set", "dev", outsideDevice, "up");
        for (String port : addresses.keySet()) {
            inNamespace(SWITCH, "ip", "link", "set", "dev", port, "master", "bridge", "up");
        }
        tellLosses();
    }

    /// A wire from a device to the switch's port for that host.
    private List<String> wire(String device, String host, String... where) {
        var command = new ArrayList<>(List.of("ip", "link", "add", device));
        Collections.addAll(command, where);
        Collections.addAll(command, "type", "veth", "peer", "name", host);
        Collections.addAll(command, "netns", namespaceOf(SWITCH).name());
        return command;
    }

    /// Of the addresses that are set aside for tests of networks (RFC 2544), some that this machine
    /// does not use.
    private static String freeNetwork() {
        int first = (int) (ProcessHandle.current().pid() % NETWORKS);
        for (int i = 0; i < NETWORKS; i++) {
            String network = "198.18." + (first + i) % NETWORKS + ".";
            if (Tool.run("ip", "-oneline", "address", "show", "to", network + "0/24").isBlank()) {
                return network;
            }
        }
        throw new IllegalStateException("all of 198.18.0.0/16 is in use");
    }

    private Namespace namespaceOf(String host) {
        Namespace namespace = namespaces.get(host);
        if (namespace == null) {
            throw new IllegalArgumentException("no host " + host);
        }
        return namespace;
    }

    private String inNamespace(String host, String... command) {
        return Tool.run(namespaceOf(host).command(command));
    }

    /// A host's address.
    String address(String host) {
        String address = addresses.get(host);
        if (address == null) {
            throw new IllegalArgumentException("no host " + host);
        }
        return address;
    }

    /// What runs a program on that host; the program and its arguments follow.
    List<String> command(String host) {
        return host.equals(OUTSIDE) ? List.of() : namespaceOf(host).command();
    }

    /// Starts a thread of this process on that host: the sockets that it makes are there. It must
    /// have ended before the network is closed.
    Thread start(String host, String name, Runnable work) {
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

    /// From now on these packets are lost too.
    void lose(List<Loss> more) {
        losses.addAll(more);
        tellLosses();
    }

    /// From now on every packet arrives, at once.
    void heal() {
        losses.clear();
        tellLosses();
        if (slow) {
            addresses.keySet().forEach(port -> shape(port, "delete"));
            slow = false;
        }
    }

    /// All rules at once: there is no moment with some of them.
    private void tellLosses() {
        Tool.run(namespaceOf(SWITCH).command("nft", "-f", "-"), Loss.rules(losses, addresses));
    }

    /// From now on every packet is late. Where the kernel cannot delay packets (netem), links are
    /// narrow instead: packets wait for those before them.
    ///
    /// @param delay of one packet in one direction
    /// @return what was done, in words
    String slowDown(Duration delay) {
        String millis = delay.toMillis() + "ms";
        String jitter = delay.toMillis() / 4 + "ms";
        slow = true;
        try {
            addresses
                    .keySet()
                    .forEach(port -> shape(port, "replace", "netem", "delay", millis, jitter));
            return "each packet takes %s ± %s".formatted(millis, jitter);
        } catch (IllegalStateException e) {
            addresses
                    .keySet()
                    .forEach(port ->
                            shape(
                                    port, "replace", "tbf", "rate", SLOW_RATE, "burst", "4kb",
                                    "latency", "100ms"));
            return "each link carries %s (this kernel has no netem)".formatted(SLOW_RATE);
        }
    }

    private void shape(String port, String verb, String... how) {
        var command = new ArrayList<>(List.of("tc", "qdisc", verb, "dev", port, "root"));
        Collections.addAll(command, how);
        inNamespace(SWITCH, command.toArray(String[]::new));
    }

    private void closeAfter(RuntimeException cause) {
        try {
            close();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /// Ends whatever runs on the hosts and removes the network.
    @Override
    public void close() {
        if (Files.exists(Path.of("/sys/class/net", outsideDevice))) {
            Tool.run("ip", "link", "delete", outsideDevice);
        }
        namespaces.values().forEach(Namespace::remove);
        namespaces.clear();
    }
}
