package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.testing.SmallVolume;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskRoomTest {

    private static final int MEGABYTES = 64;

    @TempDir Path directory;

    @Test
    void roomyVolumeIsNoObstacleAlsoBeforeTheDirectoryExists() {
        assertThat(DiskRoom.obstacle(List.of(directory.resolve("not").resolve("yet")))).isEmpty();
        DiskRoom.requireWritable(directory.resolve("not").resolve("yet"));
    }

    @Test
    void fullVolumeIsSaidWithItsPathAndItsFreeBytesUntilThereIsSpace() {
        Optional<SmallVolume> mounted = SmallVolume.mount(directory.resolve("small"), MEGABYTES);
        assumeTrue(mounted.isPresent(), "only root may mount a small volume");
        try (SmallVolume volume = mounted.get()) {
            Path data = volume.directory().resolve("data");
            assertThat(DiskRoom.obstacle(List.of(directory, data))).isEmpty();

            volume.fill();

            assertThat(DiskRoom.obstacle(List.of(directory, data)).orElseThrow())
                    .contains("the volume of " + data + " is full: 0 of 67108864 bytes free")
                    .contains("\nHINT: free ");
            volume.free();
            assertThat(DiskRoom.obstacle(List.of(directory, data))).isEmpty();
        }
    }

    @Test
    void readOnlyVolumeIsSaidAndRefused() {
        Optional<SmallVolume> mounted = SmallVolume.mount(directory.resolve("small"), MEGABYTES);
        assumeTrue(mounted.isPresent(), "only root may mount a small volume");
        try (SmallVolume volume = mounted.get()) {
            assumeTrue(volume.setReadOnly(true), "it cannot be made read-only");

            assertThat(DiskRoom.obstacle(List.of(volume.directory())).orElseThrow())
                    .contains("the volume of " + volume.directory() + " is read-only")
                    .contains("\nHINT: ");
            assertThatThrownBy(() -> DiskRoom.requireWritable(volume.directory()))
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining("is read-only")
                    .hasMessageContaining("HINT: ");
        }
    }
}
