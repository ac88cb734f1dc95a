package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Somebody puts a clone of another node's data into a node. If it kept that one's incarnation, a
/// second clone would have the same, and the node would count for all that it acknowledged in
/// between (found by simulation, seeds 1002964 and 1116354).
class ClonedDataTest {

    @Test
    void everyCloneOfAnotherNodesDataIsACopyOfItsOwn() throws Exception {
        Installation installation = Servers.installations().findFirst().orElseThrow();
        try (Servers servers = new Servers(installation)) {
            servers.of(N1).initialise();
            Incarnation original = stopped(servers.of(N1)).incarnation();

            clone(servers);
            Incarnation first = stopped(servers.of(N2)).incarnation();
            assertThat(first).isNotEqualTo(original);
            servers.of(N2).startStandby(Optional.empty());
            assertThat(written(servers)).isEqualTo(first + " n2");
            servers.of(N2).kill();
            assertThat(stopped(servers.of(N2)).incarnation()).isEqualTo(first);

            clone(servers);
            assertThat(stopped(servers.of(N2)).incarnation()).isNotIn(original, first);
        }
    }

    private static LocalStatus.Stopped stopped(ManagedPostgres node) {
        return (LocalStatus.Stopped) node.status();
    }

    private static String written(Servers servers) throws IOException {
        return Files.readString(data(servers, N2).resolve("howdah.incarnation")).strip();
    }

    private static Path data(Servers servers, NodeName node) {
        return servers.of(node).dataDirectory().path();
    }

    private static void clone(Servers servers) throws IOException, InterruptedException {
        var _ = servers.of(N2);
        run("rm", "-rf", data(servers, N2).toString());
        run("cp", "-a", data(servers, N1).toString(), data(servers, N2).toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
