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

    private Process start(String listen) throws IOException {
        Path file = folder.resolve("proxy.yaml");
        Files.writeString(
                file,
                """
                listen: %s
                auth: trust
                databases:
                  app: {host: 127.0.0.1, port: 1}
                """
                        .formatted(listen));
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
