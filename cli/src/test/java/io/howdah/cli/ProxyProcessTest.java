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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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
        write(listen, "");
        return run("log");
    }

    private Process run(String log) throws IOException {
        return run(log, "--config", folder.resolve("proxy.yaml"));
    }

    private Process run(String log, String option, Path file) throws IOException {
        return new ProcessBuilder(
                        // whoever runs the tests may ignore it (nohup), and so would this process
                        "env",
                        "--default-signal=HUP",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Howdah.class.getName(),
                        "proxy",
                        option,
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(log).toFile())
                .start();
    }

    private String log() {
        return log("log");
    }

    private String log(String name) {
        try {
            return Files.readString(folder.resolve(name));
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

    @Test
    void secondProcessTakesThePortOverAndTheFirstEndsByItself() throws Exception {
        int port = FreePorts.one();
        write("127.0.0.1:" + port, "takeover: {socket: takeover}");
        Process first = run("log");
        try {
            Await.until("it listens", () -> log().contains("listens on") || !first.isAlive());
            Process second = run("log-2");
            try {
                Await.until("it serves", () -> log("log-2").contains("listens on"));
                assertThat(log("log-2")).contains("took over from the process");
                assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(first.exitValue()).isZero();
                assertThat(log()).contains("another process has taken over");
                try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    assertThat(client.isConnected()).isTrue();
                }
            } finally {
                second.destroyForcibly();
            }
        } finally {
            first.destroyForcibly();
        }
    }

    /// The howdah.yaml of a node that is not there itself.
    private Path writeNode(String proxy) throws IOException {
        for (String name : List.of("replication", "rewind", "data/secrets/lookup-password")) {
            Path secret = folder.resolve(name);
            Files.createDirectories(secret.getParent());
            Files.writeString(secret, "secret\n");
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        }
        return Files.writeString(
                folder.resolve("howdah.yaml"),
                """
                cluster: demo
                node: n1
                directory: data
                nodes:
                  n1: {host: 127.0.0.1, postgres-port: 1, api-port: 2, consensus-port: 3}
                postgres: {replication-password-file: replication, rewind-password-file: rewind}
                %s
                """
                        .formatted(proxy));
    }

    @Test
    void proxyOfANodeThatHasNoneAnyMoreServesOnAfterAHangup() throws Exception {
        String address = "127.0.0.1:" + FreePorts.one();
        Path file =
                writeNode(
                        "proxy: {listen: '%s', access: [host all all all reject]}"
                                .formatted(address));
        Process proxy = run("log", "--node-config", file);
        try {
            Await.until("it listens", () -> log().contains("listens on") || !proxy.isAlive());
            writeNode("");
            hangUp(proxy);
            Await.until(
                    "it complains",
                    () -> log().contains("node n1 has no proxy") || !proxy.isAlive());
            assertThat(log()).contains("the settings that hold go on holding");
            writeNode("proxy: {listen: '%s', max-clients: 5}".formatted(address));
            hangUp(proxy);
            Await.until("it has read", () -> log().contains("was read again") || !proxy.isAlive());
            assertThat(proxy.isAlive()).isTrue();
        } finally {
            proxy.destroyForcibly();
        }
    }

    @Test
    void proxyThatIsToldToReadItsConfigurationBeforeItServesComesAllTheSame() throws Exception {
        Path file = writeNode("proxy: {listen: '127.0.0.1:%d'}".formatted(FreePorts.one()));
        Process proxy = run("log", "--node-config", file);
        try {
            Await.until(
                    "it waits",
                    () -> log().contains("waiting to be told who may come in") || !proxy.isAlive());
            hangUp(proxy);
            assertThat(proxy.waitFor(1, TimeUnit.SECONDS)).as("it ends").isFalse();
            proxy.destroy();
            assertThat(proxy.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
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
