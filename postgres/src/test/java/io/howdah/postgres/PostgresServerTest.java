package io.howdah.postgres;

import static io.howdah.postgres.TestDirectory.GENEROUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.PostgresServer.Status;
import io.howdah.postgres.PostgresServer.StopMode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@NullMarked
class PostgresServerTest {

    private static final String ALL = "io.howdah.postgres.TestInstallations#all";

    private final TestDirectory directory = new TestDirectory();

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aServerStartsAndStopsInOrder(Installation installation) {
        DataDirectory data = directory.initialised("data", installation);
        assertThat(data.controlData().state()).isEqualTo(ControlData.State.SHUT_DOWN);
        PostgresServer server = directory.started(installation, data);
        assertThat(server.status()).isEqualTo(Status.READY);
        assertThat(data.controlData().state()).isEqualTo(ControlData.State.IN_PRODUCTION);
        assertThat(server.processes().running()).contains(server.pid()).hasSizeGreaterThan(3);

        server.stop(StopMode.FAST, GENEROUS);

        assertThat(server.status()).isEqualTo(Status.GONE);
        assertThat(server.processes().running()).isEmpty();
        assertThat(data.controlData().state()).isEqualTo(ControlData.State.SHUT_DOWN);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void killedPostmasterIsNoticedAndNothingOutlivesIt(Installation installation) throws Exception {
        DataDirectory data = directory.initialised("data", installation);
        PostgresServer server = directory.started(installation, data);
        PostgresServer adopted = PostgresServer.adopt(data, directory.log(data)).orElseThrow();
        assertThat(adopted.pid()).isEqualTo(server.pid());
        assertThat(adopted.startTicks()).isEqualTo(server.startTicks());

        ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();

        server.death().get(GENEROUS.toSeconds(), TimeUnit.SECONDS);
        adopted.death().get(GENEROUS.toSeconds(), TimeUnit.SECONDS);
        new ServerProcesses(data).killAll(GENEROUS);
        assertThat(new ServerProcesses(data).running()).isEmpty();
        assertThat(PostgresServer.adopt(data, directory.log(data))).isEmpty();
        assertThat(data.controlData().state()).isEqualTo(ControlData.State.IN_PRODUCTION);

        PostgresServer again = directory.started(installation, data);
        again.stop(StopMode.IMMEDIATE, GENEROUS);
        assertThat(again.processes().running()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aTakenPortIsNamed(Installation installation) throws Exception {
        DataDirectory data = directory.initialised("data", installation);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            ServerLaunch launch = directory.launch(installation, data, taken.getLocalPort());
            assertThatThrownBy(() -> PostgresServer.start(launch))
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " of 127.0.0.1")
                    .hasMessageContaining("\nHINT: ");
        }
        assertThat(new ServerProcesses(data).running()).isEmpty();
    }
}
