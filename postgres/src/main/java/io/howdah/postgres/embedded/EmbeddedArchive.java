package io.howdah.postgres.embedded;

import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.process.Command;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.tukaani.xz.XZInputStream;

/// The archive of the embedded PostgreSQL and the place where it is unpacked. Safe for several
/// threads and several programs at once: one unpacks, the others wait for it.
public final class EmbeddedArchive {

    private static final Object ONE_THREAD_AT_A_TIME = new Object();
    private static final Duration SYNC_DEADLINE = Duration.ofMinutes(2);

    private final Path cache;

    /// @param cache the directory of what is unpacked; made when it is missing
    public EmbeddedArchive(Path cache) {
        this.cache = cache.toAbsolutePath().normalize();
    }

    /// The directory with the unpacked programs in its `bin`; unpacks them on first use, which
    /// takes a few seconds.
    ///
    /// @throws PostgresException when there is no archive for this machine, or it cannot be
    ///   unpacked
    public Path unpacked() {
        URL archive =
                find().orElseThrow(() ->
                        new PostgresException(
                                "there is no embedded PostgreSQL for "
                                        + System.getProperty("os.name")
                                        + " on "
                                        + System.getProperty("os.arch"),
                                "install PostgreSQL 15 or later"));
        try {
            Path home = cache.resolve("postgres-" + fingerprint(archive));
            if (!Files.isDirectory(home)) {
                synchronized (ONE_THREAD_AT_A_TIME) {
                    unpackAlone(archive, home);
                }
            }
            return home;
        } catch (IOException e) {
            throw new PostgresException(
                    "cannot unpack the embedded PostgreSQL into " + cache + ": " + e,
                    "check that the directory can be written and its disk has 100 MB left",
                    e);
        }
    }

    private void unpackAlone(URL archive, Path home) throws IOException {
        Files.createDirectories(
                cache,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path lockFile = cache.resolve("unpacking.lock");
        try (FileChannel channel =
                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock lock = channel.lock();
            try {
                if (!Files.isDirectory(home)) {
                    unpackBeside(archive, home);
                }
            } finally {
                lock.release();
            }
        }
    }

    private void unpackBeside(URL archive, Path home) throws IOException {
        DurableFiles files = new DurableFiles(OperatingSystemUser.ourselves());
        Path beside = home.resolveSibling(home.getFileName() + ".unpacking");
        files.deleteTree(beside);
        Files.createDirectory(beside);
        try (InputStream compressed = new BufferedInputStream(archive.openStream(), 1 << 16);
                InputStream tar = new XZInputStream(compressed)) {
            new TarReader(tar, beside).unpack();
        }
        shareWithEverybody(beside);
        sync(beside);
        Files.move(beside, home, StandardCopyOption.ATOMIC_MOVE);
        files.syncDirectory(cache);
    }

    /// Whatever our umask is: the user that runs PostgreSQL is another one where we are root.
    private static void shareWithEverybody(Path home) throws IOException {
        try (var paths = Files.walk(home)) {
            for (Path directory : paths.filter(Files::isDirectory).toList()) {
                Files.setPosixFilePermissions(
                        directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    /// A thousand files: one call for their file system instead of one for each.
    private static void sync(Path directory) throws IOException {
        Command.Result result =
                Command.run(
                        List.of("sync", "--file-system", directory.toString()),
                        Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C"),
                        SYNC_DEADLINE);
        if (!result.succeeded()) {
            throw new IOException("sync failed: " + result.output().strip());
        }
    }

    private static Optional<URL> find() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String processor =
                switch (System.getProperty("os.arch", "")) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64" -> "arm_64";
                    case String other -> other;
                };
        return Optional.ofNullable(
                EmbeddedArchive.class.getResource(
                        "/postgres-" + system + "-" + processor + ".txz"));
    }

    /// Another archive gets another directory. The jar knows the checksum of what it holds.
    private static String fingerprint(URL archive) throws IOException {
        URLConnection connection = archive.openConnection();
        if (connection instanceof JarURLConnection jar && jar.getJarEntry().getCrc() != -1) {
            return "%08x".formatted(jar.getJarEntry().getCrc());
        }
        CRC32 checksum = new CRC32();
        byte[] buffer = new byte[64 * 1024];
        try (InputStream content = archive.openStream()) {
            for (int length = content.read(buffer); length >= 0; length = content.read(buffer)) {
                checksum.update(buffer, 0, length);
            }
        }
        return "%08x".formatted(checksum.getValue());
    }
}
