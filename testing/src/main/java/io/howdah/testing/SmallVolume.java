package io.howdah.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A file system of its own that is small enough to be filled. Only root may mount one; elsewhere
/// there is none, and a test that needs it is skipped. For one thread.
public final class SmallVolume implements AutoCloseable {

    private static final String FILLER = "filler";
    private static final int BLOCK_BYTES = 4096;

    private final Path directory;

    private final String size;

    private SmallVolume(Path directory, String size) {
        this.directory = directory;
        this.size = size;
    }

    /// Mounts one; empty where that is not allowed.
    ///
    /// @param directory where; made if it is missing
    /// @param megabytes its size
    public static Optional<SmallVolume> mount(Path directory, int megabytes) {
        return mounted(directory, "size=" + megabytes + "m");
    }

    /// Mounts one that takes so many files at most, directories included.
    public static Optional<SmallVolume> mount(Path directory, int megabytes, int files) {
        return mounted(directory, "size=" + megabytes + "m,nr_inodes=" + files);
    }

    private static Optional<SmallVolume> mounted(Path directory, String size) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var volume = new SmallVolume(directory, size);
        return volume.attach() ? Optional.of(volume) : Optional.empty();
    }

    private boolean attach() {
        return succeeds(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                size + ",mode=755",
                "howdah-test",
                directory.toString());
    }

    /// Mounts it once more after `close`, empty.
    public void mountAgain() {
        if (!attach()) {
            throw new AssertionError("cannot mount " + directory + " again");
        }
    }

    /// Where it is mounted.
    public Path directory() {
        return directory;
    }

    /// Leaves no byte free. The blocks that open files have laid out ahead stay theirs.
    public void fill() {
        byte[] block = new byte[BLOCK_BYTES];
        try (var out =
                Files.newOutputStream(
                        directory.resolve(FILLER),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND)) {
            while (Files.getFileStore(directory).getUsableSpace() > 0) {
                out.write(block);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Gives back what `fill` took.
    public void free() {
        try {
            Files.deleteIfExists(directory.resolve(FILLER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes it read-only, or writable again. No file on it may be open for writing.
    ///
    /// @return whether that was done
    public boolean setReadOnly(boolean readOnly) {
        return succeeds("mount", "-o", "remount," + (readOnly ? "ro" : "rw"), directory.toString());
    }

    private static boolean succeeds(String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        try {
            return new ProcessBuilder(words)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Unmounts it, with all that is on it.
    @Override
    public void close() {
        if (!succeeds("umount", directory.toString())) {
            succeeds("umount", "--lazy", directory.toString());
        }
    }
}
