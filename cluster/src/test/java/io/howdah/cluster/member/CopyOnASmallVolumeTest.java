package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.PostgresException;
import io.howdah.testing.SmallVolume;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A volume that holds the database once, and not twice.
class CopyOnASmallVolumeTest {

    private static final Epoch EPOCH = new Epoch(1);
    private static final int VOLUME_MEGABYTES = 256;
    private static final long TOO_LITTLE_BYTES = 4L << 20;

    @Test
    void oldDataAreGivenUpForACopyOnlyWhereARewindHasSpoiltThem() throws IOException {
        try (Servers servers = new Servers(Servers.oldestAndEmbedded().findFirst().orElseThrow())) {
            Path home = servers.directory(N2);
            Optional<SmallVolume> mounted = SmallVolume.mount(home, VOLUME_MEGABYTES);
            assumeTrue(mounted.isPresent(), "only root may mount a small volume");
            try (SmallVolume volume = mounted.get()) {
                servers.primary(N1);
                Upstream leader = servers.upstream(N1, EPOCH);
                servers.of(N1).enforce(new InForce.Alone(), EPOCH);
                servers.of(N2).copy(leader);
                Path version = servers.of(N2).dataDirectory().path().resolve("PG_VERSION");
                leaveBytes(volume, TOO_LITTLE_BYTES);

                assertThatThrownBy(() -> servers.of(N2).copy(leader))
                        .isInstanceOf(PostgresException.class)
                        .hasMessageContaining("has no room: ");
                assertThat(version).exists();

                Files.createFile(home.resolve(Cloning.REWIND_UNDER_WAY));
                // the refusal holds for a minute
                servers.restartAgent(N2);
                servers.of(N2).copy(leader);

                servers.attach(N2, leader);
                servers.of(N2).kill();
                servers.restartAgent(N2);
            }
        }
    }

    private static void leaveBytes(SmallVolume volume, long bytes) throws IOException {
        Path filler = volume.directory().resolve("filler");
        try (RandomAccessFile file = new RandomAccessFile(filler.toFile(), "rw")) {
            byte[] block = new byte[1 << 16];
            while (Files.getFileStore(filler).getUsableSpace() > bytes) {
                file.write(block);
            }
        }
    }
}
