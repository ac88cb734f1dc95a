package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `pg_rewind` has lost the leader in the middle of its work. It empties a file before it asks for
/// what is to be in it, and asks for many at a time.
class HalfRewoundTest {

    private static final Epoch EPOCH = new Epoch(1);

    static Stream<Installation> installations() {
        return Servers.oldestAndEmbedded();
    }

    @ParameterizedTest
    @MethodSource("installations")
    void whatLiesThereSaysNothingAndIsCopiedAnew(Installation installation) throws IOException {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            Upstream leader = servers.upstream(N1, EPOCH);
            servers.of(N1).enforce(new InForce.Alone(), EPOCH);
            servers.standby(N2, leader);
            servers.of(N2).kill();

            Files.createFile(servers.directory(N2).resolve(Cloning.REWIND_UNDER_WAY));
            emptyFilesIn(servers.of(N2).dataDirectory().path());
            servers.restartAgent(N2);

            assertThat(servers.of(N2).strayedFrom()).isEmpty();
            assertThat(servers.of(N2).status()).isEqualTo(new LocalStatus.Absent(false));
            servers.standby(N2, leader);
        }
    }

    private static void emptyFilesIn(Path data) throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.list(data)) {
            found =
                    files.filter(Files::isRegularFile)
                            .filter(file -> !file.endsWith("PG_VERSION"))
                            .toList();
        }
        assertThat(found).map(Path::getFileName).map(Path::toString).contains("howdah.timeline");
        for (Path file : found) {
            Files.writeString(file, "");
        }
    }
}
