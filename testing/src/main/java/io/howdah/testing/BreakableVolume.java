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

/// A volume that can be made to fail as a damaged disk does, whoever has files open on it: a file
/// system in a file. Only root may mount one, and not in every container. For one thread.
public final class BreakableVolume implements AutoCloseable {

    /// What is left of a file system once its kernel has found an error.
    public enum Failure {

        /// Nothing can be written any more; what was there can be read (ext4).
        READ_ONLY("mkfs.ext4", "errors=remount-ro") {

            @Override
            boolean canOrder(BreakableVolume volume) {
                return trigger(volume).filter(Files::isWritable).isPresent();
            }

            @Override
            void order(BreakableVolume volume) throws IOException {
                Files.writeString(trigger(volume).orElseThrow(), "1");
            }

            @Override
            Optional<String> complaint(BreakableVolume volume) {
                Result checked = run("e2fsck", "-f", "-y", volume.image.toString());
                // 1: errors were corrected
                return checked.code() > 1 ? Optional.of(checked.output()) : Optional.empty();
            }

            // /sys/fs/ext4/loop0/trigger_fs_error
            private Optional<Path> trigger(BreakableVolume volume) {
                String device =
                        run("losetup", "-j", volume.image.toString())
                                .output()
                                .split(":", 2)[0]
                                .strip();
                return device.startsWith("/dev/")
                        ? Optional.of(
                                Path.of(
                                        "/sys/fs/ext4",
                                        device.substring("/dev/".length()),
                                        "trigger_fs_error"))
                        : Optional.empty();
            }
        },

        /// Nothing answers any more: each look at a file or a directory is an I/O error (XFS, after
        /// an error in its log).
        SILENT("mkfs.xfs", "nouuid") {

            @Override
            boolean canOrder(BreakableVolume volume) {
                return run("xfs_io", "-V").code() == 0;
            }

            @Override
            void order(BreakableVolume volume) throws IOException {
                Result ordered = run("xfs_io", "-x", "-c", "shutdown", volume.directory.toString());
                if (ordered.code() != 0) {
                    throw new IOException(ordered.output());
                }
            }

            // its log is replayed when it is mounted
            @Override
            Optional<String> complaint(BreakableVolume volume) {
                return Optional.empty();
            }
        },

        /// Whoever writes waits, without an error and for as long as it lasts (a frozen ext4). It
        /// passes by itself, see [BreakableVolume#pass].
        HANGING("mkfs.ext4", "errors=continue") {

            @Override
            boolean canOrder(BreakableVolume volume) {
                return freeze(volume).code() == 0 && thaw(volume).code() == 0;
            }

            @Override
            void order(BreakableVolume volume) throws IOException {
                Result ordered = freeze(volume);
                if (ordered.code() != 0) {
                    throw new IOException(ordered.output());
                }
            }

            @Override
            Optional<String> complaint(BreakableVolume volume) {
                return Optional.empty();
            }

            @Override
            void pass(BreakableVolume volume) {
                thaw(volume);
            }

            private static Result freeze(BreakableVolume volume) {
                return run("fsfreeze", "--freeze", volume.directory.toString());
            }

            private static Result thaw(BreakableVolume volume) {
                return run("fsfreeze", "--unfreeze", volume.directory.toString());
            }
        };

        private final String format;
        private final String options;

        Failure(String format, String options) {
            this.format = format;
            this.options = options;
        }

        abstract boolean canOrder(BreakableVolume volume);

        abstract void order(BreakableVolume volume) throws IOException;

        abstract Optional<String> complaint(BreakableVolume volume);

        void pass(BreakableVolume volume) {}
    }

    private static final int COMMAND_ERROR = -1;

    private final Failure failure;
    private final Path image;
    private final Path directory;

    private BreakableVolume(Failure failure, Path image, Path directory) {
        this.failure = failure;
        this.image = image;
        this.directory = directory;
    }

    /// Makes and mounts one; empty where that is not allowed, or no errors can be ordered.
    ///
    /// @param failure how it is to fail
    /// @param image the file that holds it; made, and deleted on `close`
    /// @param directory where; made if it is missing
    /// @param megabytes its size, 300 or more for XFS; takes space only as it is used
    public static Optional<BreakableVolume> mount(
            Failure failure, Path image, Path directory, int megabytes) {
        var volume = new BreakableVolume(failure, image, directory);
        try {
            Files.createDirectories(directory);
            try (var file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength((long) megabytes << 20);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (run(failure.format, "-q", image.toString()).code() == 0
                && volume.attach()
                && failure.canOrder(volume)) {
            return Optional.of(volume);
        }
        volume.close();
        return Optional.empty();
    }

    private boolean attach() {
        return run("mount", "-o", "loop," + failure.options, image.toString(), directory.toString())
                        .code()
                == 0;
    }

    /// Where it is mounted.
    public Path directory() {
        return directory;
    }

    /// From now on it fails.
    public void fail() {
        try {
            failure.order(this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One that hangs goes on, with all that waited for it. The other failures stay.
    public void pass() {
        failure.pass(this);
    }

    /// Checks it and mounts it again, as an operator does, when nobody uses it any more: a dead
    /// man's switch keeps hold of it until it is sure that PostgreSQL is gone.
    ///
    /// @throws AssertionError when that fails
    public void mend() {
        Await.until(
                "nobody uses " + directory, () -> run("umount", directory.toString()).code() == 0);
        Optional<String> complaint = failure.complaint(this);
        if (complaint.isPresent() || !attach()) {
            throw new AssertionError("not mended: " + complaint.orElse("cannot be mounted"));
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
        pass();
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
