package io.howdah.consensus.ratis;

import io.howdah.consensus.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Damaged storages, put aside within the consensus directory (which may be a volume of its own):
/// `damaged-1`, `damaged-2`... Nothing is deleted. While one lies there, this node founds no group:
/// the group of which it was is somewhere else, or in there.
final class Aside {

    /// A disk that has destroyed this many is none to try again on.
    private static final int MOST = 9;

    private static final String NAME = "damaged-";
    private static final List<String> STORAGE =
            List.of("identity", "identity.new", "raft", "removed");

    private Aside() {}

    /// Puts away all that the store has written. The directory's lock must be held.
    ///
    /// @return where it lies now
    /// @throws StoreException when it cannot be moved, or too many lie there already
    static Path put(Path directory, StoreException damage) {
        for (int number = 1; number <= MOST; number++) {
            Path aside = directory.resolve(NAME + number);
            if (Files.exists(aside)) {
                continue;
            }
            try {
                Files.createDirectory(aside);
                // the identity first: a new one never finds the old log in its place and takes it
                // for its own
                for (String name : STORAGE) {
                    Path part = directory.resolve(name);
                    if (Files.exists(part)) {
                        Files.move(part, aside.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                    }
                }
                Durable.syncDirectory(aside);
                Durable.syncDirectory(directory);
                return aside;
            } catch (IOException e) {
                throw new StoreException(
                        "a damaged storage cannot be put aside: " + e,
                        "move all but `lock` out of " + directory + " and start this node again.",
                        damage);
            }
        }
        throw new StoreException(
                damage.getMessage()
                        + " ("
                        + MOST
                        + " damaged storages lie in "
                        + directory
                        + " already)",
                "check this disk; then delete "
                        + directory.resolve(NAME + "*")
                        + " and start this node again.",
                damage);
    }

    /// The latest one that lies there.
    static Optional<Path> latest(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(NAME))
                    .max(Comparator.naturalOrder());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
