package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.Installation;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/// A database that lies where a node wants to have its own, and was not made by one, is not used; a
/// server that somebody else runs there is not touched ([StrangeServerTest]), one of ours is known.
class ForeignServerTest {

    @Test
    void aDirectoryThatHowdahDidNotMakeIsUnusableAndWhatIsOursInItIsKnown() throws IOException {
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
            assertThat(servers.of(N1).status().mayAcceptWrites())
                    .as("a server of ours that runs there may")
                    .isTrue();
            assertThat(servers.walDirectory(N1).resolveSibling("howdah.incarnation"))
                    .doesNotExist();
            assertThat(servers.of(N1).pid()).isPresent();

            servers.of(N1).kill();
            assertThat(servers.of(N1).status().mayAcceptWrites()).isFalse();
            assertThat(servers.of(N1).status()).isInstanceOf(LocalStatus.Unusable.class);
        }
    }
}
