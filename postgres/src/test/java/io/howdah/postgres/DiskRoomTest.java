package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.testing.BreakableVolume;
import io.howdah.testing.SmallVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskRoomTest {

    private static final int MEGABYTES = 64;

    /// XFS is made no smaller.
    private static final int XFS_MEGABYTES = 320;

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
    void volumeThatTakesNoMoreFilesIsSaidHoweverManyBytesAreFree() throws IOException {
        Optional<SmallVolume> mounted =
                SmallVolume.mount(directory.resolve("small"), MEGABYTES, 100);
        assumeTrue(mounted.isPresent(), "only root may mount a small volume");
        try (SmallVolume volume = mounted.get()) {
            assertThat(DiskRoom.obstacle(List.of(volume.directory()))).isEmpty();
            for (int i = 0; i < 80; i++) {
                Files.createFile(volume.directory().resolve("file" + i));
            }

            assertThat(DiskRoom.obstacle(List.of(volume.directory())).orElseThrow())
                    .contains("takes no more files: ")
                    .contains(" of 100 can be created (inodes)")
                    .contains("\nHINT: ");

            for (int i = 0; i < 80; i++) {
                Files.delete(volume.directory().resolve("file" + i));
            }
            assertThat(DiskRoom.obstacle(List.of(volume.directory()))).isEmpty();
        }
    }

    @Test
    void volumeThatTheKernelGaveUpIsReadOnlyUntilItIsMended() {
        Optional<BreakableVolume> mounted =
                BreakableVolume.mount(
                        BreakableVolume.Failure.READ_ONLY,
                        directory.resolve("image"),
                        directory.resolve("disk"),
                        MEGABYTES);
        assumeTrue(mounted.isPresent(), "only root may mount a volume that breaks");
        try (BreakableVolume volume = mounted.get()) {
            assertThat(DiskRoom.obstacle(List.of(volume.directory()))).isEmpty();

            volume.fail();

            assertThat(DiskRoom.obstacle(List.of(volume.directory())).orElseThrow())
                    .contains("the volume of " + volume.directory() + " is read-only");
            volume.mend();
            assertThat(DiskRoom.obstacle(List.of(volume.directory()))).isEmpty();
        }
    }

    @Test
    void volumeThatDoesNotAnswerIsNotTakenForTheOneAroundIt() {
        Optional<BreakableVolume> mounted =
                BreakableVolume.mount(
                        BreakableVolume.Failure.SILENT,
                        directory.resolve("image"),
                        directory.resolve("disk"),
                        XFS_MEGABYTES);
        assumeTrue(mounted.isPresent(), "only root may mount a volume that falls silent");
        try (BreakableVolume volume = mounted.get()) {
            Path data = volume.directory().resolve("data");
            assertThat(DiskRoom.obstacle(List.of(data))).isEmpty();

            volume.fail();

            assertThat(DiskRoom.obstacle(List.of(data)).orElseThrow())
                    .contains("the volume of " + data + " cannot be looked at: ")
                    .contains("\nHINT: ");
            volume.mend();
            assertThat(DiskRoom.obstacle(List.of(data))).isEmpty();
        }
    }

    @Test
    void optionsOfTheInnermostMountDecide() {
        List<String> table =
                List.of(
                        "21 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
                        "40 21 7:0 / /my\\040disk rw - ext4 /dev/loop0 rw,errors=remount-ro,emergency_ro",
                        "41 40 7:1 / /my\\040disk/inner rw shared:3 - ext4 /dev/loop1 rw");
        assertThat(MountTable.gaveUp(table, Path.of("/my disk/data"))).isTrue();
        assertThat(MountTable.gaveUp(table, Path.of("/my disk/inner/data"))).isFalse();
        assertThat(MountTable.gaveUp(table, Path.of("/var"))).isFalse();
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
