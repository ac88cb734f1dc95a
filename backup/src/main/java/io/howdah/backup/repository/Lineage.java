package io.howdah.backup.repository;

import io.howdah.backup.BackupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/// Who has led a cluster. By this a cluster is known: a copy of its data, or what is restored from
/// its backups, begins an agreement of its own, in which none of these ever led. Immutable.
///
/// @param cluster the cluster's name, which a copy may share
/// @param tenures the changes of leadership that are remembered, the oldest first
public record Lineage(String cluster, List<Tenure> tenures) {

    /// Of a cluster that had no leader yet.
    private static final Lineage NONE = new Lineage("", List.of());

    public Lineage {
        tenures = List.copyOf(tenures);
    }

    /// The last change of leadership; empty where there was none, or none is known.
    public Optional<Tenure> newest() {
        return tenures.isEmpty() ? Optional.empty() : Optional.of(tenures.getLast());
    }

    /// Whether that was a leader of this cluster.
    public boolean includes(Tenure tenure) {
        return tenures.contains(tenure);
    }

    /// Writes it into a file, whole or not at all.
    ///
    /// @throws IOException when that fails; then the file is as it was
    public void write(Path file) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        Files.write(beside, RepositoryJson.write(this));
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// What a file says; without tenures where there is no file.
    ///
    /// @throws BackupException when it cannot be read
    public static Lineage read(Path file) {
        try {
            return RepositoryJson.read(Files.readAllBytes(file), Lineage.class);
        } catch (NoSuchFileException e) {
            return NONE;
        } catch (IOException | IllegalArgumentException e) {
            throw new BackupException(
                    "cannot tell which cluster this node belongs to: " + file + ": " + e,
                    "run this as the user that runs howdah; if the file is damaged, delete it and"
                            + " restart howdah, which writes it anew",
                    e);
        }
    }
}
