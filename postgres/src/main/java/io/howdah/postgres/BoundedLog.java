package io.howdah.postgres;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Keeps PostgreSQL's log within a bound. PostgreSQL writes through a descriptor that it was given
/// at its start and cannot be told to open another file, and it outlives the agent, so that the
/// agent cannot stand between. So the log is copied aside and then cut to nothing: what is written
/// between the last copy and the cut, some microseconds, is lost. For one thread.
public final class BoundedLog {

    /// The log and the older parts, of equal size; `postgresql.log.1` is the youngest of these.
    static final int PARTS = 4;

    private final Path file;
    private final long partBytes;
    private final OperatingSystemUser owner;

    /// @param file what PostgreSQL writes, appending
    /// @param bytes what the log and its older parts may take together, but for what is written
    ///   between two looks
    public BoundedLog(Path file, long bytes, OperatingSystemUser owner) {
        this.file = file;
        this.partBytes = Math.max(1, bytes / PARTS);
        this.owner = owner;
    }

    /// Looks whether it is time, and does what is to be done.
    ///
    /// @return whether the log was cut
    /// @throws IOException when there is no space or no permission: the log is then as it was
    public boolean keep() throws IOException {
        if (!Files.exists(file) || Files.size(file) <= partBytes) {
            return false;
        }
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(aside);
        Files.createFile(
                aside,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel from =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileChannel to = FileChannel.open(aside, StandardOpenOption.WRITE)) {
            // a log that grew by more than a part since the last look keeps its end
            long position = from.size() > 2 * partBytes ? from.size() - partBytes : 0;
            while (position < from.size()) {
                position += from.transferTo(position, from.size() - position, to);
            }
            from.truncate(0);
        }
        owner.own(aside);
        for (int i = PARTS - 1; i > 1; i--) {
            if (Files.exists(part(i - 1))) {
                move(part(i - 1), part(i));
            }
        }
        move(aside, part(1));
        return true;
    }

    private Path part(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
