package io.howdah.cli.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskTest {

    private static final long BYTES = 64L << 20;
    private static final byte[] MEGABYTE = new byte[1 << 20];

    @TempDir private Path folder;

    private Disk disk = new Disk(Path.of("/"), Path.of("/"), 0);

    @BeforeEach
    void mount() {
        disk = new Disk(folder.resolve("n1.disk"), folder.resolve("n1"), BYTES);
        Disk.obstacle()
                .ifPresent(why -> {
                    System.out.println("SKIPPED: disks of their own are not tested: " + why);
                    Assumptions.abort(why);
                });
        disk.mount();
    }

    @AfterEach
    void unmount() {
        assertThat(disk.unmount()).isTrue();
    }

    @Test
    void fullDiskTakesNothingUntilItIsFreed() throws IOException {
        Path file = disk.directory().resolve("file");

        disk.fill();
        disk.fill();

        assertThatThrownBy(() -> Files.write(file, MEGABYTE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No space left");
        Files.write(folder.resolve("elsewhere"), MEGABYTE);

        disk.free();

        Files.write(file, MEGABYTE);
        assertThat(file).hasSize(MEGABYTE.length);
    }

    @Test
    void dataOutliveBeingUnmounted() throws IOException {
        Files.writeString(disk.directory().resolve("note"), "kept");
        disk.mount();

        assertThat(disk.unmount()).isTrue();
        assertThat(disk.directory().resolve("note")).doesNotExist();
        assertThatThrownBy(disk::fill).hasMessageContaining("is no disk of its own");

        disk.mount();
        assertThat(disk.directory().resolve("note")).hasContent("kept");
    }
}
