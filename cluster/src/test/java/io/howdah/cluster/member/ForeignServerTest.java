package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.Installation;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/// A database that lies where a node wants to have its own, and was not made by one, is not
/// touched: not taken over, not stopped, not killed when no majority answers.
class ForeignServerTest {

    @Test
    void aServerThatHowdahDidNotMakeIsLeftAlone() throws IOException {
        Installation installation = Servers.installations().findFirst().orElseThrow();
        try (Servers servers = new Servers(installation)) {
            servers.primary(N1);
            assertThat(servers.of(N1).status().mayAcceptWrites()).isTrue();

            Files.delete(servers.walDirectory(N1).resolveSibling("howdah.incarnation"));

            assertThat(servers.of(N1).status())
                    .isInstanceOfSatisfying(
                            LocalStatus.Unusable.class,
                            unusable ->
                                    assertThat(unusable.problem())
                                            .contains("Howdah did not make")
                                            .contains("HINT: "));
            assertThat(servers.of(N1).status().mayAcceptWrites()).isFalse();
            assertThat(servers.walDirectory(N1).resolveSibling("howdah.incarnation"))
                    .doesNotExist();
            assertThat(servers.of(N1).pid()).isPresent();
        }
    }
}
