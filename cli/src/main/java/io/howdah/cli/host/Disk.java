package io.howdah.cli.host;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;

/// A disk of a host's own: a file system of a fixed size that lies in a file, and can be filled
/// without filling anybody else's. Its data outlive the process and the machine. Immutable.
///
/// @param image the file, absolute; it takes space only as the disk is used
/// @param directory where it is mounted, absolute
/// @param bytes its size when it is made
public record Disk(Path image, Path directory, long bytes) {

    private static final String BALLOON = "balloon";
    private static final int BLOCK_BYTES = 64 * 1024;

    /// The last of it is filled by writing, as what a file system calls free is never all usable.
    private static final long WRITTEN_BYTES = 16 << 20;

    private static final int PROBE_BYTES = 4 << 20;

    /// Processes that have just ended may still be closing their files.
    private static final int TRIES = 100;

    private static final long TRY_MILLIS = 100;

    /// Why this user cannot have such disks on this machine; empty: it can.
    public static Optional<String> obstacle() {
        try {
            Path folder = Files.createTempDirectory("howdah-disk");
            var probe = new Disk(folder.resolve("image"), folder.resolve("disk"), PROBE_BYTES);
            try {
                probe.mount();
                return Optional.empty();
            } finally {
                probe.unmount();
                Files.deleteIfExists(probe.image);
                Files.deleteIfExists(probe.directory);
                Files.delete(folder);
            }
        } catch (IllegalStateException | IOException | UncheckedIOException e) {
            return Optional.of("it needs mkfs.ext4 and loop devices: " + e.getMessage());
        }
    }

    /// Makes it if it is not there, and mounts it if it is not mounted.
    ///
    /// @throws IllegalStateException when that is not possible
    public void mount() {
        try {
            if (!Files.exists(image)) {
                make();
            }
            Files.createDirectories(directory);
            if (!isMounted()) {
                Tool.run(
                        "mount",
                        "-t",
                        "ext4",
                        "-o",
                        "loop",
                        image.toString(),
                        directory.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void make() throws IOException {
        Path next = image.resolveSibling(image.getFileName() + ".new");
        Files.deleteIfExists(next);
        try (var file = new RandomAccessFile(next.toFile(), "rw")) {
            file.setLength(bytes);
        }
        // nothing is set aside for root: a full disk is full for the agent, too
        Tool.run("mkfs.ext4", "-q", "-F", "-m", "0", next.toString());
        Files.move(next, image, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Whether it is mounted, or something else is in its place.
    public boolean isMounted() {
        try {
            Path parent = Objects.requireNonNull(directory.getParent());
            return Files.isDirectory(directory)
                    && !Objects.equals(
                            Files.getAttribute(directory, "unix:dev"),
                            Files.getAttribute(parent, "unix:dev"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Unmounts it if it is mounted, 10 s after the last one used it at most.
    ///
    /// @return whether it is not mounted any more; else somebody uses it
    public boolean unmount() {
        for (int attempt = 0; attempt < TRIES && isMounted(); attempt++) {
            try {
                Tool.run("umount", directory.toString());
            } catch (IllegalStateException busy) {
                Tool.pause(TRY_MILLIS);
            }
        }
        return !isMounted();
    }

    /// Leaves no byte free. The blocks that files have laid out ahead stay theirs.
    ///
    /// @throws IllegalStateException when it is not mounted
    public void fill() {
        if (!isMounted()) {
            throw new IllegalStateException(directory + " is no disk of its own");
        }
        Path balloon = directory.resolve(BALLOON);
        try {
            long most = Files.getFileStore(directory).getUsableSpace() - WRITTEN_BYTES;
            if (most > 0) {
                allocate(balloon, most);
            }
            append(balloon);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void allocate(Path balloon, long length) {
        try {
            Tool.run("fallocate", "--length", Long.toString(length), balloon.toString());
        } catch (IllegalStateException e) {
            // somebody else has taken some of it meanwhile: writing does the rest
        }
    }

    private void append(Path balloon) throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        try (OutputStream out =
                Files.newOutputStream(
                        balloon, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (Files.getFileStore(directory).getUsableSpace() > 0) {
                out.write(block);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
    }

    /// Gives back what `fill` took.
    public void free() {
        try {
            Files.deleteIfExists(directory.resolve(BALLOON));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
