package io.howdah.cluster.member;

import io.howdah.postgres.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Which data directory the marks in a node's own directory speak of. When howdah.yaml names
/// another one, they are void: a rewind that was interrupted there, say, must not have the database
/// here taken for useless.
final class DataPlace {

    private static final String DEFAULT = "data";

    private static final List<String> MARKS =
            List.of(
                    Cloning.INITIALISED_HERE,
                    Cloning.REWIND_UNDER_WAY,
                    Cloning.REWOUND_FOR_EPOCH,
                    Adoption.ORDER);

    private DataPlace() {}

    /// To be called before any of the marks is looked at.
    ///
    /// @param directory the node's own
    /// @param data its data directory from now on
    static void settle(Path directory, Path data, DurableFiles durable) {
        Path file = directory.resolve("data-directory");
        if (data.equals(before(file, directory))) {
            return;
        }
        MARKS.forEach(mark -> durable.delete(directory.resolve(mark)));
        durable.write(file, data + "\n");
    }

    private static Path before(Path file, Path directory) {
        try {
            return Files.exists(file)
                    ? Path.of(Files.readString(file).strip())
                    : directory.resolve(DEFAULT).toAbsolutePath().normalize();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
