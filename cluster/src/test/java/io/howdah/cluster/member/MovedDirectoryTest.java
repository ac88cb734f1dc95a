package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Installation;
import io.howdah.postgres.process.ProcessEntry;
import io.howdah.postgres.process.ProcessTable;
import io.howdah.postgres.wire.PostgresConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Somebody moves the data directory away under a primary that serves: to restore a backup, to make
/// room. PostgreSQL goes on in it. On real servers.
class MovedDirectoryTest {

    private static final Epoch FIRST = new Epoch(1);

    static Stream<Installation> installations() {
        return Servers.installations();
    }

    @ParameterizedTest
    @MethodSource("installations")
    void primaryWhoseDirectoryIsMovedAwayIsNotGoneBeforeItIsEnded(Installation installation)
            throws Exception {
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            servers.of(N1).open();
            servers.of(N1).enforce(new InForce.Alone(), FIRST);
            try (PostgresConnection session = PostgresConnection.open(servers.bySocket(N1))) {
                session.execute("create table written (id bigint)");
            }
            Path data = Objects.requireNonNull(servers.walDirectory(N1).getParent());
            Path away = data.resolveSibling("data.bak");
            long postmaster = servers.of(N1).pid().orElseThrow();

            try (Commits commits = new Commits(servers.bySocket(N1))) {
                commits.awaitMore(10);
                Files.move(data, away);

                assertRunsElsewhere(servers);
                Files.createDirectory(data);
                assertRunsElsewhere(servers);
                servers.restartAgent(N1);
                assertRunsElsewhere(servers);
                commits.awaitMore(10);

                servers.of(N1).kill();
                assertThat(ProcessTable.entry(postmaster).filter(ProcessEntry::isAlive)).isEmpty();
                assertThat(servers.of(N1).status()).isEqualTo(new LocalStatus.Absent(false));
            }
            Files.delete(data);
            Files.move(away, data);
            assertThat(servers.of(N1).status()).isInstanceOf(LocalStatus.Stopped.class);
        }
    }

    /// PostgreSQL itself notices up to a minute later, and acknowledges until then.
    @Test
    void primaryWhoseDirectoryIsEmptiedIsNotGoneBeforeItIsEnded() throws Exception {
        Installation installation = installations().findFirst().orElseThrow();
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            Path data = Objects.requireNonNull(servers.walDirectory(N1).getParent());
            long postmaster = servers.of(N1).pid().orElseThrow();
            try (Stream<Path> content = Files.walk(data)) {
                for (Path each : content.sorted(Comparator.reverseOrder()).toList()) {
                    if (!each.equals(data)) {
                        Files.delete(each);
                    }
                }
            }
            assertRunsElsewhere(servers);
            servers.restartAgent(N1);
            assertRunsElsewhere(servers);

            servers.of(N1).kill();
            assertThat(ProcessTable.entry(postmaster).filter(ProcessEntry::isAlive)).isEmpty();
            assertThat(servers.of(N1).status()).isEqualTo(new LocalStatus.Absent(false));
        }
    }

    private static void assertRunsElsewhere(Servers servers) {
        LocalStatus seen = servers.of(N1).status();
        assertThat(seen).isEqualTo(new LocalStatus.Absent(true));
        assertThat(seen.mayAcceptWrites()).isTrue();
    }
}
