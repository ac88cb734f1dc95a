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

/// What a directory holds of a group that is to be given up, as it will never have a majority
/// again. Its node then has no part in any group, and may found one. Immutable; thread-safe.
///
/// @param directory the one of [io.howdah.consensus.StoreSettings]; it may be a volume of its own
public record FormerGroup(Path directory) {

    private static final String NAME = "given-up-";
    private static final List<String> NOT_OURS = List.of("lock", "lost+found");

    /// Whether there is anything left of one, damaged or not.
    ///
    /// @throws StoreException when the directory cannot be looked into
    public boolean isThere() {
        return !parts().isEmpty();
    }

    /// Checks that no node is at work with it.
    ///
    /// @throws StoreException when one is
    public void requireUnused() {
        if (isThere()) {
            lock().close();
        }
    }

    private DirectoryLock lock() {
        DirectoryLock lock = DirectoryLock.tryTake(directory);
        if (lock == null) {
            throw new StoreException(
                    "howdah runs on this node: " + directory + " is in use",
                    "stop it, and run this again");
        }
        return lock;
    }

    /// Moves it aside: into `given-up-1` there, or the next number. Nothing is deleted. A part that
    /// was moved before a crash stays where it is, and the rest follows into the next number.
    ///
    /// @return where it lies now; empty where there was nothing
    /// @throws StoreException when a node is at work with it, or it cannot be moved
    public Optional<Path> giveUp() {
        if (!isThere()) {
            return Optional.empty();
        }
        try (DirectoryLock _ = lock()) {
            Path aside = free();
            Files.createDirectory(aside);
            // the identity first: a new one never finds the old log in its place
            for (Path part : parts()) {
                Files.move(part, aside.resolve(part.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
            Durable.syncDirectory(aside);
            Durable.syncDirectory(directory);
            return Optional.of(aside);
        } catch (IOException e) {
            throw new StoreException(
                    "what the nodes had agreed on cannot be put aside: " + e,
                    "move all but `lock` out of " + directory + ", and run this again",
                    e);
        }
    }

    private Path free() {
        int number = 1;
        while (Files.exists(directory.resolve(NAME + number))) {
            number++;
        }
        return directory.resolve(NAME + number);
    }

    /// The identity is the first.
    private List<Path> parts() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(FormerGroup::isPart)
                    .sorted(
                            Comparator.comparing((Path file) ->
                                            !file.getFileName().toString().startsWith("identity"))
                                    .thenComparing(Comparator.naturalOrder()))
                    .toList();
        } catch (IOException e) {
            throw new StoreException(
                    "cannot look into " + directory + ": " + e,
                    "run this as the user that runs howdah, or as root",
                    e);
        }
    }

    private static boolean isPart(Path file) {
        String name = file.getFileName().toString();
        return !NOT_OURS.contains(name) && !name.startsWith(NAME);
    }
}
