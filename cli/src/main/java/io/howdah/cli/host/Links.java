package io.howdah.cli.host;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// The wires between a network's hosts, which lose and delay what they are told to. Thread-safe;
/// only one process may use it at a time.
public final class Links {

    /// Of a slow link where there is no netem. Enough for the heartbeats of all.
    private static final String SLOW_RATE = "3mbit";

    private final Namespace bridge;
    private final Map<String, String> addresses;
    private final List<Loss> losses = new ArrayList<>();
    private int slowed;

    /// @param bridge where the bridge is, with a port for each host, called as the host is
    /// @param addresses of the hosts, by name
    Links(Namespace bridge, Map<String, String> addresses) {
        this.bridge = bridge;
        this.addresses = addresses;
    }

    /// From now on these packets are lost too.
    public synchronized void lose(List<Loss> more) {
        losses.addAll(more);
        tellLosses();
    }

    /// Takes back what was lost by one such call.
    public synchronized void mend(List<Loss> fewer) {
        fewer.forEach(losses::remove);
        tellLosses();
    }

    /// From now on every packet arrives, at once; also where another process, killed since, had it
    /// otherwise.
    public synchronized void heal() {
        losses.clear();
        tellLosses();
        slowed = 0;
        unshape();
    }

    /// All rules at once: there is no moment with some of them.
    private void tellLosses() {
        Tool.run(bridge.command("nft", "-f", "-"), Loss.rules(losses, addresses));
    }

    /// From now on every packet is late. Where the kernel cannot delay packets (netem), links are
    /// narrow instead: packets wait for those before them.
    ///
    /// @param delay of one packet in one direction
    /// @return what was done, in words
    public synchronized String slowDown(Duration delay) {
        String millis = delay.toMillis() + "ms";
        String jitter = delay.toMillis() / 4 + "ms";
        slowed++;
        try {
            shape("netem", "delay", millis, jitter);
            return "each packet takes %s ± %s".formatted(millis, jitter);
        } catch (IllegalStateException e) {
            shape("tbf", "rate", SLOW_RATE, "burst", "4kb", "latency", "100ms");
            return "each link carries %s (this kernel has no netem)".formatted(SLOW_RATE);
        }
    }

    /// Takes one slow-down back.
    public synchronized void speedUp() {
        slowed = Math.max(0, slowed - 1);
        if (slowed == 0) {
            unshape();
        }
    }

    private void shape(String... how) {
        for (String port : addresses.keySet()) {
            shaping("replace", port, how);
        }
    }

    private void unshape() {
        for (String port : addresses.keySet()) {
            String now = Tool.run(bridge.command("tc", "qdisc", "show", "dev", port));
            if (now.contains(" netem ") || now.contains(" tbf ")) {
                shaping("delete", port);
            }
        }
    }

    private void shaping(String verb, String port, String... how) {
        var command = bridge.command("tc", "qdisc", verb, "dev", port, "root");
        Collections.addAll(command, how);
        Tool.run(command);
    }
}
