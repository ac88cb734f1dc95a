package io.howdah.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A volume that can be made to fail as a damaged disk does: the kernel finds an error and lets
/// nothing be written any more, whoever has files open. An ext4 file system in a file; only root
/// may mount one, and not in every container. For one thread.
public final class BreakableVolume implements AutoCloseable {

    private static final int COMMAND_ERROR = -1;

    private final Path image;
    private final Path directory;

    private BreakableVolume(Path image, Path directory) {
        this.image = image;
        this.directory = directory;
    }

    /// Makes and mounts one; empty where that is not allowed, or the kernel knows no errors to
    /// order.
    ///
    /// @param image the file that holds it; made, and deleted on `close`
    /// @param directory where; made if it is missing
    /// @param megabytes its size; takes space only as it is used
    public static Optional<BreakableVolume> mount(Path image, Path directory, int megabytes) {
        var volume = new BreakableVolume(image, directory);
        try {
            Files.createDirectories(directory);
            try (var file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength((long) megabytes << 20);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (run("mkfs.ext4", "-q", "-F", image.toString()).code() == 0
                && volume.attach()
                && volume.trigger().filter(Files::isWritable).isPresent()) {
            return Optional.of(volume);
        }
        volume.close();
        return Optional.empty();
    }

    private boolean attach() {
        return run("mount", "-o", "loop,errors=remount-ro", image.toString(), directory.toString())
                        .code()
                == 0;
    }

    /// Where an error is ordered: `/sys/fs/ext4/loop0/trigger_fs_error`.
    private Optional<Path> trigger() {
        String device = run("losetup", "-j", image.toString()).output().split(":", 2)[0].strip();
        return device.startsWith("/dev/")
                ? Optional.of(
                        Path.of(
                                "/sys/fs/ext4",
                                device.substring("/dev/".length()),
                                "trigger_fs_error"))
                : Optional.empty();
    }

    /// Where it is mounted.
    public Path directory() {
        return directory;
    }

    /// From now on nothing can be written to it.
    public void fail() {
        try {
            Files.writeString(trigger().orElseThrow(), "1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Checks it and mounts it again, as an operator does. Nothing may use it meanwhile.
    ///
    /// @throws AssertionError when that fails
    public void mend() {
        Result unmounted = run("umount", directory.toString());
        Result checked = run("e2fsck", "-f", "-y", image.toString());
        // 1: errors were corrected
        if (unmounted.code() != 0 || checked.code() > 1 || !attach()) {
            throw new AssertionError("not mended: " + unmounted.output() + checked.output());
        }
    }

    /// How a command ended, and what it said.
    private record Result(int code, String output) {}

    private static Result run(String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        try {
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            return new Result(COMMAND_ERROR, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(COMMAND_ERROR, "interrupted");
        }
    }

    /// Unmounts it, and deletes all that is on it.
    @Override
    public void close() {
        if (run("umount", directory.toString()).code() != 0) {
            run("umount", "--lazy", directory.toString());
        }
        try {
            Files.deleteIfExists(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
