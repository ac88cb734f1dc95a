package io.howdah.node.configuration;

import io.howdah.backup.BackupException;
import io.howdah.backup.seal.KeySource;
import io.howdah.backup.seal.SealedStore;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreAddress;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What `howdah.yaml` says of backups. Immutable.
///
/// @param repositories where this node's WAL is archived while it leads: the addresses of
///   repositories, each complete by itself
/// @param wal how it is archived
/// @param marker whether the primary's worker writes a row of its own to `howdah.marker` in the
///   database `postgres`, four times a second where others write: what would be lost with all nodes
///   is measured by it
/// @param cloneFrom where a node without data gets them from: `members`, that is the primary or a
///   standby with the tag `clonefrom`; `repository`: from the newest backup and the archive, and
///   from members only where that does not do
/// @param take backups on a schedule, into each repository, by one node's worker; null: none
/// @param verify reading each repository as a whole, on a schedule, by one node's worker; null:
///   never
/// @param drill drills on a schedule; null: none
/// @param keyFile encrypts the repositories: the file with the key, 32 characters or more, which
///   only its owner may read; the same on every node
/// @param keyCommand instead: a program and its arguments, run without a shell, that prints the key
/// @param keep what is kept there; what is not, the primary's worker removes; null: everything is
public record BackupConfiguration(
        List<String> repositories,
        WalConfiguration wal,
        boolean marker,
        CloneFrom cloneFrom,
        @Nullable TakeConfiguration take,
        @Nullable VerifyConfiguration verify,
        @Nullable DrillConfiguration drill,
        @Nullable Path keyFile,
        List<String> keyCommand,
        @Nullable KeepConfiguration keep) {

    /// @throws InvalidValueException when there is no repository, or one twice, or what is no
    ///   address of one on every node
    public BackupConfiguration {
        repositories = List.copyOf(repositories);
        keyCommand = List.copyOf(keyCommand);
        if (keyFile != null && !keyCommand.isEmpty()) {
            throw new InvalidValueException(
                    "key-file", "is not the only key: key-command is another");
        }
        if (repositories.isEmpty()) {
            throw new InvalidValueException("repositories", "is empty: name one at least");
        }
        if (new LinkedHashSet<>(repositories).size() < repositories.size()) {
            throw new InvalidValueException("repositories", "names one twice");
        }
        repositories.forEach(BackupConfiguration::requireAddress);
    }

    /// The stores of the repositories, with their key.
    public List<ObjectStore> stores() {
        return repositories.stream()
                .map(address -> SealedStore.of(StoreAddress.open(address), key()))
                .toList();
    }

    /// The repositories' key; empty where they are not encrypted.
    public Optional<KeySource> key() {
        if (keyFile != null) {
            return Optional.of(new KeySource.File(keyFile));
        }
        return keyCommand.isEmpty()
                ? Optional.empty()
                : Optional.of(new KeySource.Command(keyCommand));
    }

    private static void requireAddress(String address) {
        try {
            ObjectStore _ = StoreAddress.open(address);
        } catch (BackupException e) {
            throw new InvalidValueException(
                    "repositories", "names '" + address + "', which is no place for a repository");
        }
        if (!address.startsWith("/") && address.indexOf(':') < 0) {
            throw new InvalidValueException(
                    "repositories", "names '" + address + "', which is not an absolute path");
        }
    }

    private static CloneFrom cloneFrom(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "members" -> CloneFrom.MEMBERS;
            case "repository" -> CloneFrom.REPOSITORY;
            default ->
                    throw new IllegalArgumentException("'" + text + "', not members or repository");
        };
    }

    static BackupConfiguration read(Section section) {
        section.allow(
                List.of(
                        "repositories",
                        "wal",
                        "marker",
                        "clone-from",
                        "take",
                        "verify",
                        "drill",
                        "key-file",
                        "key-command",
                        "keep"));
        List<String> repositories = section.list("repositories");
        WalConfiguration wal =
                section.optionalSection("wal")
                        .map(WalConfiguration::read)
                        .orElse(WalConfiguration.DEFAULT);
        boolean marker = section.flag("marker", true);
        CloneFrom cloneFrom =
                section.has("clone-from")
                        ? section.parsed("clone-from", BackupConfiguration::cloneFrom)
                        : CloneFrom.MEMBERS;
        TakeConfiguration take =
                section.optionalSection("take").map(TakeConfiguration::read).orElse(null);
        VerifyConfiguration verify =
                section.optionalSection("verify").map(VerifyConfiguration::read).orElse(null);
        DrillConfiguration drill =
                section.optionalSection("drill").map(DrillConfiguration::read).orElse(null);
        Path keyFile = section.has("key-file") ? section.path("key-file") : null;
        List<String> keyCommand = section.list("key-command");
        KeepConfiguration keep =
                section.optionalSection("keep").map(KeepConfiguration::read).orElse(null);
        return section.build(() ->
                new BackupConfiguration(
                        repositories,
                        wal,
                        marker,
                        cloneFrom,
                        take,
                        verify,
                        drill,
                        keyFile,
                        keyCommand,
                        keep));
    }
}
