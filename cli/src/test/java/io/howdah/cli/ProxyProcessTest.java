package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `howdah proxy` as a process of its own.
class ProxyProcessTest {

    @TempDir private Path folder;

    private Path write(String listen, String more) throws IOException {
        return Files.writeString(
                folder.resolve("proxy.yaml"),
                """
                listen: %s
                auth: trust
                %s
                databases:
                  app: {host: 127.0.0.1, port: 1}
                """
                        .formatted(listen, more));
    }

    private Process start(String listen) throws IOException {
        Path file = write(listen, "");
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Howdah.class.getName(),
                        "proxy",
                        "--config",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void listensUntilItIsToldToStop() throws Exception {
        int port = FreePorts.one();
        Process proxy = start("127.0.0.1:" + port);
        try {
            Await.until("it listens", () -> log().contains("listens on") || !proxy.isAlive());
            try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(client.isConnected()).isTrue();
            }
            proxy.destroy();
            assertThat(proxy.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(log()).contains("told to stop", "stopped");
        } finally {
            proxy.destroyForcibly();
        }
    }

    @Test
    void hangupMakesItReadItsConfigurationAgainAndABrokenOneChangesNothing() throws Exception {
        int port = FreePorts.one();
        Process proxy = start("127.0.0.1:" + port);
        try {
            Await.until("it listens", () -> log().contains("listens on") || !proxy.isAlive());
            write("127.0.0.1:" + port, "max-cleints: 5");
            hangUp(proxy);
            Await.until("it complains", () -> log().contains("did you mean 'max-clients'?"));
            assertThat(log()).contains("the settings that hold go on holding", "HINT: ");
            write("127.0.0.1:" + FreePorts.one(), "max-clients: 5");
            hangUp(proxy);
            Await.until("it has read", () -> log().contains("'listen' is different there"));
            assertThat(log()).contains("proxy.yaml was read again");
            try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(client.isConnected()).isTrue();
            }
        } finally {
            proxy.destroyForcibly();
        }
    }

    private static void hangUp(Process process) throws Exception {
        assertThat(
                        new ProcessBuilder("kill", "-HUP", Long.toString(process.pid()))
                                .start()
                                .waitFor())
                .isZero();
    }

    @Test
    void doorThatStandsOpenIsRefusedAtTheStart() throws Exception {
        Process proxy = start("0.0.0.0:" + FreePorts.one());
        try {
            assertThat(proxy.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(proxy.exitValue()).isOne();
            assertThat(log()).contains("'auth: trust' lets everybody in", "HINT: ");
        } finally {
            proxy.destroyForcibly();
        }
    }
}
