package io.howdah.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// A directory that holds, held or will hold one database: what lies in it, and the few files in it
/// that are ours to write. Every change is durable when the method returns. Looks at the disk anew
/// each time. Reading is thread-safe; changes come from one thread at a time.
public final class DataDirectory {

    /// What is in the directory.
    public enum Content {
        /// There is no such directory.
        MISSING,
        /// There is nothing in it.
        EMPTY,
        /// A data directory of PostgreSQL.
        DATABASE,
        /// Something else: nobody's to overwrite.
        OTHER
    }

    private static final String STANDBY_SIGNAL = "standby.signal";
    private static final String INCARNATION = "howdah.incarnation";

    private final Path path;
    private final DurableFiles files;
    private final TimelineFiles timelines;
    private final DataReplacement replacement;

    /// @param path where it is or will be
    /// @param owner who runs PostgreSQL
    public DataDirectory(Path path, OperatingSystemUser owner) {
        this.path = path.toAbsolutePath().normalize();
        this.files = new DurableFiles(owner);
        this.timelines = new TimelineFiles(this.path.resolve("pg_wal"), files);
        this.replacement = new DataReplacement(this.path, files);
    }

    /// Where it is, absolute.
    public Path path() {
        return path;
    }

    /// Who runs PostgreSQL here.
    public OperatingSystemUser owner() {
        return files.owner();
    }

    /// What lies in it now.
    ///
    /// @throws UncheckedIOException when it cannot be looked at
    public Content content() {
        if (Files.isRegularFile(path.resolve("PG_VERSION"))) {
            return Content.DATABASE;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            return entries.iterator().hasNext() ? Content.OTHER : Content.EMPTY;
        } catch (NoSuchFileException e) {
            return Content.MISSING;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + path, e);
        }
    }

    /// The major version that its files are of.
    ///
    /// @throws PostgresException when it is no data directory
    public int majorVersion() {
        Path file = path.resolve("PG_VERSION");
        try {
            return PostgresVersion.parse(Files.readString(file, StandardCharsets.US_ASCII)).major();
        } catch (IOException | IllegalArgumentException e) {
            throw new PostgresException(
                    path + " is no data directory of PostgreSQL: its PG_VERSION cannot be read",
                    "check the path, or start with an empty directory",
                    e);
        }
    }

    /// What its control file says.
    ///
    /// @throws PostgresException when it is missing, damaged or of an unknown layout
    public ControlData controlData() {
        return ControlData.read(path);
    }

    /// The content of its control file, as it was written at once.
    ///
    /// @throws PostgresException when it is missing, damaged or of an unknown layout
    public byte[] controlFile() {
        return ControlData.content(path);
    }

    /// What tells the content of its control file from every other that it had.
    ///
    /// @throws PostgresException when it is missing, damaged or of an unknown layout
    public String controlFingerprint() {
        CRC32C sum = new CRC32C();
        sum.update(controlFile());
        return Long.toHexString(sum.getValue());
    }

    /// Whether PostgreSQL would start here as a standby.
    public boolean hasStandbySignal() {
        return Files.exists(path.resolve(STANDBY_SIGNAL));
    }

    /// Makes the next start one of a standby.
    ///
    /// @throws UncheckedIOException when it cannot be written
    public void createStandbySignal() {
        if (!hasStandbySignal()) {
            files.write(path.resolve(STANDBY_SIGNAL), "");
        }
    }

    /// Makes the next start one of a primary. Also takes away a `recovery.signal`.
    ///
    /// @throws UncheckedIOException when it cannot be deleted
    public void removeStandbySignal() {
        files.delete(path.resolve("recovery.signal"));
        files.delete(path.resolve(STANDBY_SIGNAL));
    }

    /// Which copy of the data this is, as written down last; empty where nobody did.
    ///
    /// @throws UncheckedIOException when it cannot be read
    public Optional<DataCopy> copy() {
        try {
            String line =
                    Files.readString(path.resolve(INCARNATION), StandardCharsets.US_ASCII).strip();
            return line.isEmpty() ? Optional.empty() : Optional.of(DataCopy.parse(line));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the incarnation in " + path, e);
        }
    }

    /// Writes down which copy of the data this is; one that was copied or rewound is another.
    ///
    /// @throws UncheckedIOException when it cannot be written
    public void writeCopy(DataCopy copy) {
        files.write(path.resolve(INCARNATION), copy.line() + "\n");
    }

    /// Nothing says any more which copy of the data this is.
    ///
    /// @throws UncheckedIOException when that cannot be written
    public void forgetCopy() {
        files.delete(path.resolve(INCARNATION));
    }

    /// Writes `postgresql.conf`, `pg_hba.conf` and `pg_ident.conf` whole.
    ///
    /// @throws UncheckedIOException when one cannot be written
    public void writeConfiguration(ServerSettings settings, String hba, String ident) {
        files.write(path.resolve("postgresql.conf"), settings.render());
        files.write(path.resolve("pg_hba.conf"), hba);
        files.write(path.resolve("pg_ident.conf"), ident);
    }

    /// Takes out of `postgresql.auto.conf`, which wins over every other file, what safety rests on.
    /// [PostgresServer#start] does so before each start, and says it in the log.
    ///
    /// @return the names of the settings that were taken out
    /// @throws UncheckedIOException when the file cannot be read or written
    public List<String> dropUnsafeAlterSystem() {
        List<String> lines = alteredLines();
        List<String> dropped = unsafe(lines);
        if (!dropped.isEmpty()) {
            List<String> kept =
                    lines.stream()
                            .filter(line -> ProtectedSettings.unsafeSetting(line).isEmpty())
                            .toList();
            files.write(alteredFile(), String.join("\n", kept) + "\n");
        }
        return dropped;
    }

    /// Which settings somebody has made by ALTER SYSTEM that are not his to make; empty where there
    /// are none.
    ///
    /// @throws UncheckedIOException when that cannot be read
    public List<String> unsafeAlterSystem() {
        return unsafe(alteredLines());
    }

    private static List<String> unsafe(List<String> lines) {
        return lines.stream()
                .flatMap(line -> ProtectedSettings.unsafeSetting(line).stream())
                .toList();
    }

    private Path alteredFile() {
        return path.resolve("postgresql.auto.conf");
    }

    private List<String> alteredLines() {
        try {
            return Files.readAllLines(alteredFile(), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + alteredFile(), e);
        }
    }

    /// The timeline history files in its `pg_wal`.
    public TimelineFiles timelines() {
        return timelines;
    }

    /// How many bytes its files have, without its tablespaces'; 0 where there is none.
    ///
    /// @throws UncheckedIOException when it cannot be looked at
    public long bytes() {
        if (!Files.isDirectory(path)) {
            return 0;
        }
        try (Stream<Path> all = Files.walk(path)) {
            return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + path, e);
        }
    }

    /// Its replacement by a fresh copy.
    public DataReplacement replacement() {
        return replacement;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
