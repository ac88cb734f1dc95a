package io.howdah.cli.demo;

import io.howdah.cli.host.Disk;
import io.howdah.cli.host.VirtualNetwork;
import io.howdah.cli.screen.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// The hosts of a demo whose nodes are each a host of its own: a network namespace on a bridge, and
/// a disk that is mounted in the node's directory. They are there from the demo's start to its
/// stop, whoever dies in between. Immutable.
public final class DemoHosts {

    /// Room for a demo's data, a second copy of them, and WAL.
    private static final long DISK_BYTES = 2L << 30;

    private static final String HINT =
            "--hosts is for root on Linux, with iproute2, nftables and e2fsprogs (`apt-get install"
                    + " iproute2 nftables e2fsprogs`); leave it out for a demo on one network and one disk";

    private final DemoSettings settings;
    private final VirtualNetwork network;

    /// @param prefix of the hosts' addresses
    DemoHosts(DemoSettings settings, String prefix) {
        this.settings = settings;
        this.network =
                new VirtualNetwork(
                        "demo%08x".formatted(settings.nodesDirectory().toString().hashCode()),
                        prefix,
                        settings.nodeNames());
    }

    /// Chooses the addresses for a new demo.
    ///
    /// @return their prefix
    /// @throws CommandFailure when this user cannot have hosts on this machine
    static String choose(Path demo) {
        VirtualNetwork.obstacle()
                .or(Disk::obstacle)
                .ifPresent(why -> {
                    throw impossible(why);
                });
        return VirtualNetwork.freePrefix(demo.toString().hashCode());
    }

    private static CommandFailure impossible(String why) {
        return CommandFailure.failed("cannot make each node a host of its own: " + why, HINT);
    }

    /// Makes them, or goes on with those that are there, and mends what was broken on purpose.
    ///
    /// @throws CommandFailure when that is not possible
    void up() {
        try {
            DemoFiles.openDirectory(settings.nodesDirectory());
            for (int i = 1; i <= settings.nodes(); i++) {
                disk(i).mount();
            }
            network.open();
            heal();
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            throw impossible(String.valueOf(e.getMessage()));
        }
    }

    /// Takes them down; nothing runs on them any more.
    ///
    /// @param events told what happens, a line each
    void down(Consumer<String> events) {
        try {
            network.close();
            for (int i = 1; i <= settings.nodes(); i++) {
                if (!disk(i).unmount()) {
                    events.accept(
                            "somebody still uses %s: it stays mounted"
                                    .formatted(settings.nodeDirectory(i)));
                }
            }
        } catch (UncheckedIOException | IllegalStateException e) {
            throw CommandFailure.failed(
                    "cannot take the hosts of the demo down: " + e.getMessage(),
                    "run as the user that started the demo",
                    e);
        }
    }

    /// Removes the disks with all that is on them.
    void deleteDisks() throws IOException {
        for (int i = 1; i <= settings.nodes(); i++) {
            Files.deleteIfExists(disk(i).image());
        }
    }

    /// What runs a program on the host of node `i` (from 1); the program and its arguments follow.
    List<String> command(int i) {
        return network.command("n" + i);
    }

    /// The address of node `i` (from 1).
    String address(int i) {
        return network.address("n" + i);
    }

    /// What joins them, with a host for each node, called as the node.
    public VirtualNetwork network() {
        return network;
    }

    /// The disk of node `i` (from 1).
    public Disk disk(int i) {
        return new Disk(
                settings.nodesDirectory().resolve("n" + i + ".disk"),
                settings.nodeDirectory(i),
                DISK_BYTES);
    }

    /// Lets every packet arrive and gives back the space on full disks.
    public void heal() {
        network.links().heal();
        IntStream.rangeClosed(1, settings.nodes()).forEach(i -> disk(i).free());
    }
}
