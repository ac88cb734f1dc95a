package io.howdah.cli.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.Await;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The network that breaks does what it is told, tried by single packets.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VirtualNetworkTest {

    private static final int PORT = 7000;
    private static final int PATIENCE_MILLIS = 1_000;

    private @Nullable VirtualNetwork made;
    private @Nullable DatagramSocket first;
    private @Nullable DatagramSocket second;

    @BeforeAll
    void makeNetwork() {
        made = TestNetworks.of(List.of("a", "b"));
        first = socketAt("a");
        second = socketAt("b");
    }

    @AfterAll
    void removeNetwork() {
        if (first != null) {
            first.close();
        }
        if (second != null) {
            second.close();
        }
        if (made != null) {
            made.close();
        }
    }

    @AfterEach
    void mend() {
        network().links().heal();
    }

    private VirtualNetwork network() {
        return Objects.requireNonNull(made);
    }

    private DatagramSocket socketAt(String host) {
        var made = new CompletableFuture<DatagramSocket>();
        network()
                .start(
                        host,
                        "socket at " + host,
                        () -> {
                            try {
                                made.complete(
                                        new DatagramSocket(
                                                new InetSocketAddress(
                                                        network().address(host), PORT)));
                            } catch (IOException e) {
                                made.completeExceptionally(e);
                            }
                        });
        return made.join();
    }

    private DatagramSocket socket(String host) {
        return Objects.requireNonNull(host.equals("a") ? first : second);
    }

    /// Whether the last of some packets arrives within a second.
    private boolean arrives(String from, String to) throws IOException {
        byte[] text = Long.toString(System.nanoTime()).getBytes(StandardCharsets.UTF_8);
        socket(from)
                .send(
                        new DatagramPacket(
                                text,
                                text.length,
                                InetAddress.getByName(network().address(to)),
                                PORT));
        socket(to).setSoTimeout(PATIENCE_MILLIS);
        try {
            var packet = new DatagramPacket(new byte[text.length], text.length);
            do {
                socket(to).receive(packet);
            } while (!Arrays.equals(packet.getData(), text));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void packetsAreLostInTheDirectionTold() throws IOException {
        assertThat(arrives("a", "b")).isTrue();
        assertThat(arrives("b", "a")).isTrue();

        network().links().lose(List.of(Loss.oneWay("a", "b")));

        assertThat(arrives("a", "b")).isFalse();
        assertThat(arrives("b", "a")).isTrue();

        network().links().heal();

        assertThat(arrives("a", "b")).isTrue();
    }

    @Test
    void slowLinksCarryEverything() throws IOException {
        network().links().slowDown(Duration.ofMillis(20));
        assertThat(arrives("a", "b")).isTrue();
        network().links().heal();
        assertThat(arrives("b", "a")).isTrue();
    }

    @Test
    void onlyTheLossesThatAreTakenBackEnd() throws IOException {
        List<Loss> there = List.of(Loss.oneWay("a", "b"));
        network().links().lose(there);
        network().links().lose(Loss.between("a", List.of("b")));

        network().links().mend(there);

        assertThat(arrives("a", "b")).isFalse();

        network().links().mend(Loss.between("a", List.of("b")));

        assertThat(arrives("a", "b")).isTrue();
        assertThat(arrives("b", "a")).isTrue();
    }

    @Test
    void networkThatIsThereIsGoneOnWithAndHealed() throws IOException {
        network().links().lose(Loss.between("a", List.of("b")));
        network().links().slowDown(Duration.ofMillis(20));

        VirtualNetwork again = TestNetworks.sameAs(network(), List.of("a", "b"));
        again.open();
        assertThat(arrives("a", "b")).as("broken by a process that is gone").isFalse();
        again.links().heal();

        assertThat(arrives("a", "b")).isTrue();
    }

    @Test
    void whatAKilledRunLeftIsRemoved() throws Exception {
        long gone = deadProcess();
        var left = new Namespace("howdah-" + gone + "-n1");
        Tool.run("ip", "netns", "add", left.name());
        Process resident = new ProcessBuilder(left.command("sleep", "600")).start();

        VirtualNetwork.removeLeftovers();

        assertThat(Files.exists(Path.of("/run/netns", left.name()))).isFalse();
        Await.until("what ran there has ended", () -> !resident.isAlive());
        assertThat(arrives("a", "b")).as("the network in use").isTrue();
    }

    private static long deadProcess() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }
}
