package io.howdah.backup.seal;

import io.howdah.backup.BackupException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where the operator's key comes from. It is read anew each time that it is asked, and never
/// shown.
public sealed interface KeySource {

    /// The key: 32 characters or more, without the line's end.
    ///
    /// @throws BackupException when it cannot be had, or is too short
    byte[] read();

    /// By which words a command is told of it.
    List<String> options();

    /// What is in a file that only its owner may use.
    record File(Path path) implements KeySource {

        private static final Set<PosixFilePermission> OWNER_ONLY =
                EnumSet.of(
                        PosixFilePermission.OWNER_READ,
                        PosixFilePermission.OWNER_WRITE,
                        PosixFilePermission.OWNER_EXECUTE);

        @Override
        public byte[] read() {
            if (Files.isDirectory(path)) {
                throw new BackupException(
                        "there is no key for the repository: " + path + " is a folder",
                        "name the file that the key is in",
                        null);
            }
            try (InputStream in = Files.newInputStream(path)) {
                Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
                if (!OWNER_ONLY.containsAll(permissions)) {
                    throw new BackupException(
                            "the key file "
                                    + path
                                    + " may be used by others ("
                                    + PosixFilePermissions.toString(permissions)
                                    + ")",
                            "chmod 600 " + path);
                }
                return required(in.readNBytes(MOST_BYTES), "the key in " + path);
            } catch (NoSuchFileException e) {
                throw new BackupException(
                        "there is no key for the repository: there is no file " + path,
                        "name the file that the key is in",
                        e);
            } catch (IOException e) {
                throw failed("the key file " + path + " cannot be read: " + e, e);
            }
        }

        @Override
        public List<String> options() {
            return List.of("--key-file", path.toString());
        }
    }

    /// What a program prints. No shell is asked.
    ///
    /// @param words the program and its arguments, one or more
    record Command(List<String> words) implements KeySource {

        private static final Duration PATIENCE = Duration.ofSeconds(30);

        public Command {
            words = List.copyOf(words);
        }

        @Override
        public byte[] read() {
            return read(PATIENCE);
        }

        /// @param patience how long the program may take
        byte[] read(Duration patience) {
            String program = words.getFirst();
            try {
                Process process =
                        new ProcessBuilder(words)
                                .redirectInput(
                                        ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                                .redirectError(ProcessBuilder.Redirect.INHERIT)
                                .start();
                try {
                    var printed = new Printed(process);
                    if (!printed.isWholeWithin(patience)
                            || !process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                        throw failed(
                                program
                                        + " had not ended after "
                                        + patience.toSeconds()
                                        + " s, or something that it has started",
                                null);
                    }
                    if (process.exitValue() != 0) {
                        throw failed(
                                program + " ended with the exit code " + process.exitValue(), null);
                    }
                    return required(printed.bytes(), "the key that " + program + " prints");
                } finally {
                    destroy(process);
                }
            } catch (IOException e) {
                throw failed(program + " cannot be run: " + e, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failed("it was interrupted", e);
            }
        }

        private static void destroy(Process process) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }

        @Override
        public List<String> options() {
            return words.stream().flatMap(word -> Stream.of("--key-command", word)).toList();
        }
    }

    /// What a program prints, read by a thread of its own: it ends when nobody has it open any
    /// more, be it something that the program has started, and which nobody can wait for. For one
    /// thread.
    final class Printed {
        private final Thread reader;
        private volatile byte[] bytes = new byte[0];
        private volatile @Nullable IOException failure;

        Printed(Process process) {
            reader = Thread.ofPlatform().daemon().name("key-command").start(() -> read(process));
        }

        private void read(Process process) {
            try (InputStream in = process.getInputStream()) {
                bytes = in.readNBytes(MOST_BYTES);
            } catch (IOException e) {
                failure = e;
            }
        }

        boolean isWholeWithin(Duration patience) throws InterruptedException {
            return reader.join(patience);
        }

        byte[] bytes() throws IOException {
            IOException failed = failure;
            if (failed != null) {
                throw failed;
            }
            return bytes;
        }
    }

    /// A longer key would be no key.
    int MOST_BYTES = 64 * 1024;

    /// The least that a key has, as nothing slows down whoever tries one after the other.
    int LEAST_BYTES = 32;

    private static byte[] required(byte[] bytes, String what) {
        byte[] key =
                new String(bytes, StandardCharsets.ISO_8859_1)
                        .stripTrailing()
                        .getBytes(StandardCharsets.ISO_8859_1);
        if (key.length < LEAST_BYTES || bytes.length == MOST_BYTES) {
            throw new BackupException(
                    what + " has " + key.length + " bytes; it needs " + LEAST_BYTES + " at least",
                    "make one: (umask 077; head -c 32 /dev/urandom | base64 > FILE)");
        }
        return key;
    }

    private static BackupException failed(String how, @Nullable Throwable cause) {
        return new BackupException(
                "there is no key for the repository: " + how,
                "see that the user that runs howdah can read the key",
                cause);
    }
}
